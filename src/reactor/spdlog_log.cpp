#include "reactor/spdlog_log.h"

#include <fmt/format.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <mutex>
#include <unordered_map>

namespace iochron::reactor {
namespace {

class FunctionSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    explicit FunctionSink(std::function<void(const std::string&)> to) : to_(std::move(to)) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        to_(fmt::to_string(line));
    }
    void flush_() override {}

  private:
    std::function<void(const std::string&)> to_;
};

spdlog::sink_ptr make_sink(const LogSettings& settings)
{
    if (settings.sink) {
        return std::make_shared<FunctionSink>(settings.sink);
    }
    return std::make_shared<spdlog::sinks::stderr_sink_st>();
}

spdlog::level::level_enum to_spdlog(base::Level level)
{
    switch (level) {
    case base::Level::debug:
        return spdlog::level::debug;
    case base::Level::info:
        return spdlog::level::info;
    case base::Level::warning:
        return spdlog::level::warn;
    case base::Level::error:
        break;
    }
    return spdlog::level::err;
}

/// Names come from peers: no control character of theirs reaches the terminal or starts a line of its own.
std::string printable(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7f) {
            safe += fmt::format("\\x{:02x}", byte);
        } else {
            safe += c;
        }
    }
    return safe;
}

} // namespace

struct SpdlogLog::State {
    explicit State(LogSettings s) : settings(std::move(s)), logger("iochron", make_sink(settings))
    {
        logger.set_level(to_spdlog(settings.level));
        logger.set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    }
    [[nodiscard]] base::Steady now() const { return settings.now ? settings.now() : std::chrono::steady_clock::now(); }
    bool may_write(const std::string& key, base::Level level);
    void sweep(base::Steady until);

    struct Share {
        base::Level level;
        base::Steady since;
        std::size_t written = 0;
        std::size_t held_back = 0;
    };
    std::mutex mutex; ///< of all below
    LogSettings settings;
    spdlog::logger logger;
    std::unordered_map<std::string, Share> shares;
    base::Steady swept{};
};

/// Counts a line; false when it is to be held back.
bool SpdlogLog::State::may_write(const std::string& key, base::Level level)
{
    const base::Steady at = now();
    if (at - swept >= settings.window) {
        sweep(at - settings.window);
        swept = at;
    }
    if (const auto known = shares.find(key); known != shares.end() && at - known->second.since >= settings.window) {
        if (known->second.held_back > 0) {
            logger.log(to_spdlog(known->second.level), "({}: {} more held back)", key, known->second.held_back);
        }
        shares.erase(known);
    }
    const bool full = shares.size() >= settings.keys && !shares.contains(key);
    Share& share = shares.try_emplace(full ? "(other)" : key, Share{level, at}).first->second;
    if (share.written < settings.lines) {
        ++share.written;
        return true;
    }
    ++share.held_back;
    return false;
}

/// Tells what was held back in windows that began before `until`, and forgets them.
void SpdlogLog::State::sweep(base::Steady until)
{
    std::erase_if(shares, [&](const auto& entry) {
        const auto& [key, share] = entry;
        if (share.since <= until && share.held_back > 0) {
            logger.log(to_spdlog(share.level), "({}: {} more held back)", key, share.held_back);
        }
        return share.since <= until;
    });
}

SpdlogLog::SpdlogLog(LogSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}

SpdlogLog::~SpdlogLog()
{
    state_->sweep(base::never);
}

void SpdlogLog::write(base::Level level, std::string_view key, std::string_view text)
{
    if (level < state_->settings.level) {
        return;
    }
    const std::string line = printable(text);
    const std::lock_guard lock(state_->mutex);
    if (state_->may_write(printable(key), level)) {
        state_->logger.log(to_spdlog(level), "{}", line);
    }
}

} // namespace iochron::reactor
