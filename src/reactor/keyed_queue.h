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
///
/// A T may have `std::size_t weight() const`, in which `bound` is then counted, and `bool replace_with(T& newer)`,
/// which makes the newer value of it that is to wait, or gives false and leaves both where both must arrive. No
/// allocation for a value once the queue has had its size. Thread: any for push(); made and destroyed on the reading
/// shard, or while it does not run
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
        box_->taken.wait(lock, [&] { return box_->weight < box_->bound; });
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
        std::size_t weight = 0;                      ///< of all that wait
        std::vector<Entry> handed_over;              ///< touched by the reading shard alone: kept for its memory
        std::unordered_map<Key, std::size_t> newest; ///< place in `waiting`; kept only from `bound` on
    };

    static std::size_t weight_of(const T& value)
    {
        if constexpr (requires { value.weight(); }) {
            return value.weight();
        } else {
            return 1;
        }
    }
    static bool replace(T& waiting, T& newer)
    {
        if constexpr (requires { waiting.replace_with(newer); }) {
            return waiting.replace_with(newer);
        } else {
            waiting = std::move(newer);
            return true;
        }
    }
    bool coalesce(const Key& key, T& value)
    {
        Box& box = *box_;
        index();
        const auto found = box.newest.find(key);
        if (found == box.newest.end()) {
            return false;
        }
        T& waiting = box.waiting[found->second].second;
        const std::size_t before = weight_of(waiting);
        const bool replaced = replace(waiting, value);
        box.weight += weight_of(waiting) - before;
        return replaced;
    }
    Push push_locked(std::unique_lock<std::mutex> lock, const Key& key, T value)
    {
        Box& box = *box_;
        if (box.weight >= box.bound) {
            if (coalesce(key, value)) {
                return Push::coalesced;
            }
            box.newest[key] = box.waiting.size();
        }
        box.weight += weight_of(value);
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
        constexpr std::size_t kept = 1 << 16; // more was a burst
        {
            const std::lock_guard lock(box.mutex);
            box.handed_over.swap(box.waiting);
            box.newest.clear();
            box.weight = 0;
        }
        box.taken.notify_all();
        if (box.receive) {
            box.receive(box.handed_over);
        }
        box.handed_over.clear();
        if (box.handed_over.capacity() > kept) {
            box.handed_over.shrink_to_fit();
        }
    }

    std::shared_ptr<Box> box_;
};

} // namespace iochron::reactor
