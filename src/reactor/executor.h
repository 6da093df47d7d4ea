#pragma once

#include "reactor/timer_queue.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace iochron::reactor {

/// Runs users' callbacks, which may block or throw, apart from every shard: on one thread of its own (start()), or in
/// the caller's own loop (poll(), wait()). In the order given, one at a time. Never refuses: what is unbounded must be
/// merged by who asks.
/// Thread: any
class Executor {
  public:
    using Failed = std::move_only_function<void(std::exception_ptr)>;

    /// `failed` is told, on the thread that ran it, what a task threw.
    explicit Executor(Failed failed);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    ~Executor(); ///< stop()

    void submit(Task task);
    void submit(std::vector<Task> tasks); ///< one lock and one wake-up for all; leaves their order

    /// Runs them on an own thread from now on.
    void start();
    /// The task under way is finished, the rest is destroyed without being run. Waits for the own thread, so not to be
    /// called by a task.
    void stop();

    /// Runs on the caller's thread what is there; gives how many. Does not wait.
    std::size_t poll();
    /// The same, after waiting at most `patience` for the first.
    std::size_t wait(std::chrono::nanoseconds patience);

  private:
    std::size_t run(std::vector<Task> tasks);
    std::vector<Task> take();

    Failed failed_;
    std::mutex mutex_; ///< of all below
    std::condition_variable came_;
    std::vector<Task> waiting_;
    bool stopped_ = false;
    std::thread thread_;
};

} // namespace iochron::reactor
