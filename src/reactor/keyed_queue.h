#pragma once

#include "reactor/shard.h"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iochron::reactor {

/// Values pushed for many keys (records) from any thread, handed to one shard in their order. Bounded: once `bound`
/// values wait, a value for a key that has one waiting takes that one's place, so the newest of each key always
/// arrives and at most bound + keys values wait.
/// Thread: any for push(); made and destroyed on the reading shard, or while it does not run
template <class Key, class T>
class KeyedQueue {
  public:
    enum class Push : unsigned char { accepted, coalesced };
    using Receive = std::move_only_function<void(std::span<std::pair<Key, T>>)>;

    KeyedQueue(Shard& reader, std::size_t bound, Receive receive)
        : box_(std::make_shared<Box>(reader, bound, std::move(receive)))
    {}
    KeyedQueue(const KeyedQueue&) = delete;
    KeyedQueue& operator=(const KeyedQueue&) = delete;
    /// What still waits is dropped.
    ~KeyedQueue() { box_->receive = nullptr; }

    /// Never blocks for longer than a copy of the value takes.
    Push push(const Key& key, T value) { return push_locked(std::unique_lock(box_->mutex), key, std::move(value)); }
    /// Waits for room instead of coalescing. Not to be called on the reading shard.
    void push_waiting(const Key& key, T value)
    {
        std::unique_lock lock(box_->mutex);
        box_->taken.wait(lock, [&] { return box_->waiting.size() < box_->bound; });
        (void)push_locked(std::move(lock), key, std::move(value));
    }

  private:
    using Entry = std::pair<Key, T>;
    struct Box {
        Box(Shard& shard, std::size_t most, Receive call) : reader(shard), bound(most), receive(std::move(call)) {}

        Shard& reader;
        std::size_t bound;
        Receive receive;  ///< touched by the reading shard alone
        std::mutex mutex; ///< of all below
        std::condition_variable taken;
        std::vector<Entry> waiting;
        std::unordered_map<Key, std::size_t> newest; ///< place in `waiting`; kept only from `bound` on
    };

    Push push_locked(std::unique_lock<std::mutex> lock, const Key& key, T value)
    {
        Box& box = *box_;
        if (box.waiting.size() >= box.bound) {
            index();
            if (const auto found = box.newest.find(key); found != box.newest.end()) {
                box.waiting[found->second].second = std::move(value);
                return Push::coalesced;
            }
            box.newest[key] = box.waiting.size();
        }
        box.waiting.emplace_back(key, std::move(value));
        const bool first = box.waiting.size() == 1;
        lock.unlock();
        if (first) {
            box.reader.post([box = box_] { drain(*box); });
        }
        return Push::accepted;
    }
    void index()
    {
        if (box_->newest.empty()) {
            for (std::size_t i = 0; i < box_->waiting.size(); ++i) {
                box_->newest[box_->waiting[i].first] = i;
            }
        }
    }
    static void drain(Box& box)
    {
        std::vector<Entry> entries;
        {
            const std::lock_guard lock(box.mutex);
            entries.swap(box.waiting);
            box.newest.clear();
        }
        box.taken.notify_all();
        if (box.receive) {
            box.receive(entries);
        }
    }

    std::shared_ptr<Box> box_;
};

} // namespace iochron::reactor
