#pragma once

#include <atomic>
#include <memory>

namespace iochron::reactor {

/// One thing handed over to another thread, which calls deliver() once and then destroys it there. A letter that
/// nobody takes any more is destroyed undelivered.
/// Thread: any (one at a time)
class Letter {
  public:
    virtual ~Letter() = default;
    virtual void deliver() = 0;

  private:
    friend class Inbox;
    friend class Letters;
    Letter* next_ = nullptr;
};

/// Letters taken out of an Inbox, oldest first.
/// Thread: shard
class Letters {
  public:
    Letters() = default;
    Letters(const Letters&) = delete;
    Letters& operator=(const Letters&) = delete;
    ~Letters();

    [[nodiscard]] bool empty() const { return first_ == nullptr; }
    [[nodiscard]] std::unique_ptr<Letter> take_first();

  private:
    friend class Inbox;
    Letter* first_ = nullptr;
};

/// Where letters from many threads wait for one reader. Without a lock; letters of one thread keep their order. The
/// reader is woken only when it has said that it sleeps, so many letters cost one wake-up.
/// Thread: any for push(); the rest is for the reader
class Inbox {
  public:
    Inbox() = default;
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;
    ~Inbox();

    /// True when the reader sleeps: the caller must wake it, and is the only one that is told so.
    [[nodiscard]] bool push(std::unique_ptr<Letter> letter);

    [[nodiscard]] bool empty() const { return newest_.load(std::memory_order_relaxed) == nullptr; }
    /// Moves all that wait into `letters`, which must be empty.
    void take(Letters& letters);
    /// Announces that the reader is about to sleep; false when it must not, because letters wait.
    [[nodiscard]] bool sleep();
    void awake();

  private:
    std::atomic<Letter*> newest_{nullptr};
    std::atomic<bool> asleep_{false};
};

} // namespace iochron::reactor
