#pragma once

#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace iochron::reactor {

using Task = std::move_only_function<void()>;

/// The timers of one shard by deadline; equal deadlines in the order in which they were armed. Timer is how it is used.
/// Thread: shard
class TimerQueue {
  public:
    static constexpr std::size_t not_armed = static_cast<std::size_t>(-1);
    struct Entry {
        base::Steady at = base::never;
        std::uint64_t order = 0;
        std::size_t place = not_armed; ///< in the heap
        Task call;
    };

    void arm(Entry& entry, base::Steady at);
    void disarm(Entry& entry);
    /// The entry is about to be destroyed, perhaps by its own call.
    void forget(Entry& entry);

    [[nodiscard]] base::Steady next() const { return heap_.empty() ? base::never : heap_.front()->at; }
    /// Everything armed from here on has at least this order.
    [[nodiscard]] std::uint64_t order() const { return order_; }
    /// Calls the first entry if it is due and was armed before `order`. False when there is none.
    bool fire_one(base::Steady now, std::uint64_t order);

  private:
    void put(std::size_t place, Entry* entry);
    void rise(std::size_t place);
    void sink(std::size_t place);

    std::vector<Entry*> heap_;
    std::uint64_t order_ = 0;
    Entry* firing_ = nullptr;
};

} // namespace iochron::reactor
