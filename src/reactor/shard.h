#pragma once

#include "base/output.h"
#include "base/time.h"
#include "reactor/inbox.h"
#include "reactor/timer_queue.h"
#include "reactor/touched.h"
#include "reactor/vigil.h"

#include <atomic>
#include <cassert>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace iochron::reactor {

class Poller;

struct ShardSettings {
    std::string name = "shard"; ///< of its thread, at most 15 characters
    int cpu = -1;               ///< pin the thread to this core; -1: do not
    /// How long calls of one kind (letters, timers, sockets, writes) go on before the others have their turn.
    base::Duration turn = std::chrono::milliseconds(1);
    /// How long small output of a Work that always has more may wait to be written (see touch()).
    base::Duration tail_delay = std::chrono::milliseconds(10);
    /// How long a shard that has answered a peer stays awake for its next request (see Vigil); not on a single core.
    base::Duration vigil = std::chrono::microseconds(50);
    std::size_t kept_blocks = 1024; ///< free blocks of 64 KiB that the shard keeps
};

/// Long work done in slices between which sockets and timers are served: a Database's scans, for one.
/// Thread: shard
class Work {
  public:
    virtual ~Work() = default;
    /// When advance() is wanted: a time that has passed for "at once", `never` for "not". Asked in every turn, so
    /// cheap.
    [[nodiscard]] virtual base::Steady next_deadline() = 0;
    /// Does one slice of about 1 ms or 256 KiB of output. True when there is more to do at once, that is: when the
    /// pass is not over, and small output shall wait for its end.
    virtual bool advance(base::Steady now) = 0;
};

/// A thread with its sockets, timers, letters from other threads, and Work. Everything that belongs to a shard runs on
/// its thread alone, so it needs no lock; it is made before the shard runs or on its thread, and destroyed on its
/// thread or after it has stopped, before the shard is destroyed.
///
/// One turn: letters, due timers, ready sockets, one slice of the Work with the earliest deadline, then what was
/// touched. Each kind is bounded in time, so none starves another. With nothing to do it sleeps.
/// Thread: shard, but start(), stop(), join(), post(), deliver(), call(): any
class Shard {
  public:
    explicit Shard(ShardSettings settings = {});
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
    ~Shard(); ///< stops and joins the own thread

    /// Runs on the caller's thread until stop().
    void run();
    /// Runs on the caller's thread until done() is true (asked after each turn), `latest` has come, or stop(). Gives
    /// what done() said last. Cannot be called from within the shard.
    bool run_until(base::Steady latest, const std::function<bool()>& done);
    /// Runs on a thread of its own.
    void start();
    /// Ends run() after the present turn; a stop() before run() ends it at once. Letters that wait stay for later.
    void stop();
    void join(); ///< waits for the own thread; nothing without one

    /// Steady time as of the present call; costs nothing.
    [[nodiscard]] base::Steady now() const { return now_; }
    /// Reads the clock (some 30 ns). For calls that come straight from a socket, or last long.
    base::Steady refresh() { return now_ = std::chrono::steady_clock::now(); }
    /// Blocks for the outputs of this shard's connections.
    [[nodiscard]] base::BlockPool& pool() { return pool_; }
    /// True on the thread that runs the shard, and everywhere while none does.
    [[nodiscard]] bool inside() const;

    /// Runs `task` on the shard, in a later turn. Tasks and letters of one thread keep their order.
    void post(Task task);
    void deliver(std::unique_ptr<Letter> letter);
    /// Runs `use` on the shard, at once where that is here (see inside()), and waits for its end. What it throws is
    /// thrown here.
    void call(const std::function<void()>& use);

    /// Work is asked from the next turn on, until it is removed. It may be removed in its own advance().
    void add(Work& work);
    void remove(Work& work);

    /// Has thing.settle() called at the end of this turn. Touched within Work::advance(), it waits for the end of that
    /// Work's pass (advance() gives false), but not longer than tail_delay: many connections are then written once per
    /// pass and not once per slice.
    void touch(Touched& thing)
    {
        assert(inside());
        touched_.touch(thing, slicing_, now_);
    }
    /// Has what waits for the end of a pass settled in this turn: for a Work that has more, but of another pass.
    void end_pass() { touched_.end_pass(); }
    /// True when it was touched only within a pass that is not over.
    [[nodiscard]] static bool waits_for_pass(const Touched& thing) { return TouchedLists::is_tail(thing); }
    /// Takes a thing off the lists; needed before it is destroyed.
    void forget(Touched& thing) { touched_.forget(thing); }

    /// Where sockets read to: 256 KiB that all of the shard share. What is in it is good only within one call.
    [[nodiscard]] std::span<std::byte> read_buffer();
    /// Where those who answer say so.
    [[nodiscard]] Vigil& vigil() { return vigil_; }
    [[nodiscard]] Poller& poller() { return *poller_; }
    [[nodiscard]] TimerQueue& timers() { return timers_; }

  private:
    struct Job {
        Work* work; ///< null once removed
        bool more = false;
        base::Steady last{};
    };

    [[nodiscard]] bool turn();
    void deliver_letters();
    void fire_timers();
    void poll_sockets();
    [[nodiscard]] bool run_slice();
    [[nodiscard]] Job* most_urgent();
    [[nodiscard]] base::Steady due(const Job& job) const;
    void settle();
    void sleep(base::Steady latest);
    [[nodiscard]] base::Steady wanted(base::Steady latest) const;
    [[nodiscard]] bool stay_awake(base::Steady until);

    ShardSettings settings_;
    base::Steady now_;
    base::BlockPool pool_;
    TimerQueue timers_;
    std::unique_ptr<Poller> poller_; // destroyed before the timers: calls that wait in it may own some
    std::unique_ptr<std::byte[]> read_buffer_;

    Inbox inbox_;
    Letters letters_;

    std::vector<Job> jobs_;
    bool slicing_ = false;

    TouchedLists touched_;
    Vigil vigil_;

    std::atomic<bool> stop_{false};
    std::atomic<std::thread::id> runner_{};
    std::thread thread_;
};

} // namespace iochron::reactor
