#pragma once

#include "base/counters.h"
#include "base/time.h"
#include "reactor/executor.h"
#include "reactor/shard.h"
#include "reactor/timer.h"

#include <functional>
#include <memory>

namespace iochron::ioc {

/// Calls user code on an absolute grid. While one call runs the next is held back; it then starts late, and whole
/// periods that have passed meanwhile are skipped and counted.
/// Thread: shard
class Ticker {
  public:
    struct Counts {
        base::Counter& late;
        base::Counter& skipped;
    };

    Ticker(reactor::Shard& shard, reactor::Executor& user, base::Duration period, std::function<void()> call,
           Counts counts);
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;
    ~Ticker();

    /// The first call comes one period after `now`; likewise after a pause, on the old grid.
    void start(base::Steady now);
    void pause() { timer_.cancel(); }
    void resume(base::Steady now);

  private:
    void tick();
    void run();
    void done();
    void arm(base::Steady now);

    reactor::Shard& shard_;
    reactor::Executor& user_;
    base::Duration period_;
    std::shared_ptr<std::function<void()>> call_; ///< shared with the task that runs it
    Counts counts_;
    reactor::Timer timer_;
    base::Steady next_{};
    bool running_ = false;
    bool held_back_ = false;
    std::shared_ptr<Ticker*> self_; ///< null inside once this is gone, for a call that ends afterwards
};

} // namespace iochron::ioc
