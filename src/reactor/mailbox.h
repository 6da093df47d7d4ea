#pragma once

#include "reactor/shard.h"

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace iochron::reactor {

/// Hands things over to a shard from any thread, in batches: `receive` is called on the shard with each batch.
/// Batches of one thread, and what it posts to the shard, arrive in their order. No lock; one wake-up for many batches,
/// and only if the shard sleeps.
///
/// Things that cross threads are values and handles (index + generation), never raw pointers. A batch of 1,024 and
/// more costs some 10 ns an item, a batch of one over 1,000 (both threads together).
/// Thread: any for send(); made and destroyed on the reading shard, or while it does not run
template <class T>
class Mailbox {
  public:
    using Receive = std::move_only_function<void(std::span<T>)>;
    class Sender;

    Mailbox(Shard& reader, Receive receive) : box_(std::make_shared<Box>(reader, std::move(receive))) {}
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    /// What is still under way is dropped.
    ~Mailbox() { box_->receive = nullptr; }

    void send(std::vector<T> batch) const { send(box_, std::move(batch)); }

  private:
    struct Box {
        Shard& reader;
        Receive receive; ///< touched by the reading shard alone
    };
    class Batch : public Letter {
      public:
        Batch(std::shared_ptr<Box> box, std::vector<T> things) : box_(std::move(box)), things_(std::move(things)) {}
        void deliver() override
        {
            if (box_->receive) {
                box_->receive(std::span<T>(things_));
            }
        }

      private:
        std::shared_ptr<Box> box_;
        std::vector<T> things_;
    };
    static void send(const std::shared_ptr<Box>& box, std::vector<T> batch)
    {
        if (!batch.empty()) {
            box->reader.deliver(std::make_unique<Batch>(box, std::move(batch)));
        }
    }

    std::shared_ptr<Box> box_;
};

/// Collects things one by one into batches. Each writing thread has its own; it calls flush() at the end of its turn.
/// May outlive the Mailbox, but not the reading shard.
/// Thread: shard (the writing one)
template <class T>
class Mailbox<T>::Sender {
  public:
    static constexpr std::size_t batch = 1024;

    explicit Sender(const Mailbox& to) : box_(to.box_) {}

    void add(T thing)
    {
        if (waiting_.empty()) {
            waiting_.reserve(batch);
        }
        waiting_.push_back(std::move(thing));
        if (waiting_.size() == batch) {
            flush();
        }
    }
    void flush() { Mailbox::send(box_, std::exchange(waiting_, {})); }

  private:
    std::shared_ptr<Box> box_;
    std::vector<T> waiting_;
};

} // namespace iochron::reactor
