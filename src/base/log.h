#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace iochron::base {

enum class Level : unsigned char { debug, info, warning, error };

/// Where a room tells what happened. `key` names the kind of event and who caused it ("ca.malformed 10.0.0.7"):
/// an implementation may hold back lines of one key that come too fast, and says how many it held back.
/// Thread: any
class Log {
  public:
    virtual ~Log() = default;
    virtual void write(Level level, std::string_view key, std::string_view text) = 0;

    template <class... Args>
    void warning(std::string_view key, fmt::format_string<Args...> text, Args&&... args)
    {
        write(Level::warning, key, fmt::format(text, std::forward<Args>(args)...));
    }
    template <class... Args>
    void error(std::string_view key, fmt::format_string<Args...> text, Args&&... args)
    {
        write(Level::error, key, fmt::format(text, std::forward<Args>(args)...));
    }
    template <class... Args>
    void info(std::string_view key, fmt::format_string<Args...> text, Args&&... args)
    {
        write(Level::info, key, fmt::format(text, std::forward<Args>(args)...));
    }
};

/// Keeps nothing. For tests and tools that want silence.
/// Thread: any
class SilentLog : public Log {
  public:
    void write(Level, std::string_view, std::string_view) override {}
};

} // namespace iochron::base
