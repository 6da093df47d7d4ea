#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace iochron::base {

/// Deadlines and ages: monotonic, handed in by whoever drives a room, read only in reactor/.
using Steady = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// "No deadline": a Steady that never comes.
inline constexpr Steady never = Steady::max();

/// A time stamp: nanoseconds since 1970-01-01T00:00:00Z. Zero nanoseconds since the EPICS epoch of 1990 is what a
/// record shows that never processed, which is `undefined_stamp`.
struct Stamp {
    std::int64_t ns = 0;

    auto operator<=>(const Stamp&) const = default;
};

inline constexpr std::int64_t epics_epoch_s = 631'152'000; ///< 1990-01-01T00:00:00Z in POSIX seconds
inline constexpr Stamp undefined_stamp{epics_epoch_s * 1'000'000'000};

/// Where time stamps come from. The real one lives in reactor/, the one that a test moves in base/manual_clock.h.
/// Thread: any
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Stamp now() const = 0;
};

} // namespace iochron::base
