#pragma once

#include "base/counters.h"
#include "db/records.h"

#include <vector>

namespace iochron::db {

/// Records that somebody asked to process: CP links, I/O Intr without a value, a put while the record was busy. One
/// request is kept per record, so the queue cannot grow beyond the records: that further requests are merged loses
/// nothing, since processing reads what is new.
/// Thread: shard
class Triggers {
  public:
    explicit Triggers(base::Counter& merged) : merged_(merged) {}

    void push(Record& record)
    {
        if (record.is(flag_triggered)) {
            merged_.add();
            return;
        }
        record.set(flag_triggered);
        waiting_.push_back(record.id);
    }
    [[nodiscard]] bool empty() const { return at_ == waiting_.size(); }
    /// The oldest request, which may be made anew from now on.
    [[nodiscard]] Record& pop(Records& records)
    {
        Record& record = records[waiting_[at_++]];
        record.set(flag_triggered, false);
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

    base::Counter& merged_;
    std::vector<RecordId> waiting_;
    std::size_t at_ = 0;
};

} // namespace iochron::db
