#pragma once

#include "base/time.h"
#include "reactor/timer_queue.h"

#include <memory>

namespace iochron::reactor {

class Shard;

/// One call at an absolute time. Destroying the Timer cancels it; moving it keeps it armed. For a period, arm it
/// again from its own call with `deadline += period`, so that nothing drifts.
///
/// A call may re-arm, cancel, move or destroy its own Timer. Timers armed by a call for a time that has passed fire
/// in the next turn, after the sockets had theirs. Must not outlive its shard.
/// Thread: shard
class Timer {
  public:
    explicit Timer(Shard& shard);
    Timer(Timer&& other) noexcept = default;
    Timer& operator=(Timer&& other) noexcept;
    ~Timer();

    /// Calls `call` at `when`, once; what was armed before is forgotten. `never` only cancels.
    void at(base::Steady when, Task call);
    /// The same call as last time, at another time.
    void at(base::Steady when);
    void cancel();

    /// When the call will be, or `never`.
    [[nodiscard]] base::Steady deadline() const { return entry_ ? entry_->at : base::never; }
    [[nodiscard]] bool armed() const { return deadline() != base::never; }

  private:
    void drop();

    TimerQueue* queue_;
    std::unique_ptr<TimerQueue::Entry> entry_; ///< null only after a move
};

} // namespace iochron::reactor
