#pragma once

#include "base/log.h"
#include "base/time.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace iochron::reactor {

struct LogSettings {
    base::Level level = base::Level::info; ///< less than this is not written
    std::size_t lines = 5;                 ///< of one key within `window`; the rest is held back and counted
    std::chrono::steady_clock::duration window = std::chrono::seconds(10);
    std::size_t keys = 4096;                        ///< remembered at most; beyond, all new keys share one
    std::function<void(const std::string&)> sink{}; ///< where lines go instead of standard error; for tests
    std::function<base::Steady()> now{};            ///< the time instead of the system's; for tests
};

/// Writes lines "2026-11-24 05:30:00.123 warning text" to standard error, by way of spdlog. When a key has more lines
/// than its share, "(ca.malformed 10.0.0.7: 17 more held back)" follows once its window is over.
/// Thread: any
class SpdlogLog : public base::Log {
  public:
    explicit SpdlogLog(LogSettings settings = {});
    ~SpdlogLog() override; ///< tells what was held back

    void write(base::Level level, std::string_view key, std::string_view text) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace iochron::reactor
