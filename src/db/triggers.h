#pragma once

#include "base/counters.h"
#include "db/records.h"

#include <algorithm>
#include <array>
#include <vector>

namespace iochron::db {

/// In which order requests are served, the first one first: as EPICS Base ranks its threads (callbacks of PRIO HIGH,
/// scanOnce, callbacks of PRIO MEDIUM and LOW).
enum class Urgency : std::uint8_t { high, once, medium, low };

/// What PRIO says of requests that do not come from links.
[[nodiscard]] inline Urgency urgency(const Record& record)
{
    constexpr std::uint8_t medium = 1;
    return record.prio == 0 ? Urgency::low : record.prio == medium ? Urgency::medium : Urgency::high;
}

/// Records that somebody asked to process: CP links, events, I/O Intr without a value, a put while the record was busy.
/// One request is kept per record, so the queues cannot grow beyond the records: that further requests are merged loses
/// nothing, since processing reads what is new.
/// Thread: shard
class Triggers {
  public:
    explicit Triggers(base::Counter& merged) : merged_(merged) {}

    void push(Record& record, Urgency urgency = Urgency::once)
    {
        if (record.is(flag_triggered)) {
            merged_.add();
            return;
        }
        record.set(flag_triggered);
        queues_[static_cast<std::size_t>(urgency)].push(record.id);
    }
    [[nodiscard]] bool empty() const
    {
        return std::ranges::all_of(queues_, [](const Queue& queue) { return queue.empty(); });
    }
    /// The most urgent and then oldest request, which may be made anew from now on.
    [[nodiscard]] Record& pop(Records& records)
    {
        Queue& queue = *std::ranges::find_if(queues_, [](const Queue& each) { return !each.empty(); });
        Record& record = records[queue.pop()];
        record.set(flag_triggered, false);
        return record;
    }

  private:
    /// First in, first out.
    /// Thread: shard
    class Queue {
      public:
        void push(RecordId record) { waiting_.push_back(record); }
        [[nodiscard]] bool empty() const { return at_ == waiting_.size(); }
        [[nodiscard]] RecordId pop()
        {
            const RecordId record = waiting_[at_++];
            if (at_ == waiting_.size()) {
                waiting_.clear();
                at_ = 0;
            } else if (at_ == reuse_at) {
                waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(reuse_at));
                at_ = 0;
            }
            return record;
        }

      private:
        static constexpr std::size_t reuse_at = 4096;

        std::vector<RecordId> waiting_;
        std::size_t at_ = 0;
    };

    base::Counter& merged_;
    std::array<Queue, 4> queues_;
};

} // namespace iochron::db
