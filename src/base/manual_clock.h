#pragma once

#include "base/time.h"

namespace iochron::base {

/// A clock that stands still until it is moved: for tests, and for whole conversations run in memory.
/// Thread: shard
class ManualClock : public Clock {
  public:
    explicit ManualClock(Stamp start = {1'700'000'000'000'000'000}) : now_(start) {}

    [[nodiscard]] Stamp now() const override { return now_; }
    /// The steady time that goes with it: the same instant counted from the clock's own zero.
    [[nodiscard]] Steady steady() const { return Steady{std::chrono::nanoseconds{now_.ns}}; }
    void advance(std::chrono::nanoseconds by) { now_.ns += by.count(); }

  private:
    Stamp now_;
};

} // namespace iochron::base
