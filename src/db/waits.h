#pragma once

#include "base/slots.h"
#include "db/record.h"
#include "pv/source.h"

#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iochron::db {

/// A put whose completion somebody waits for.
struct Wait {
    pv::Sink* sink = nullptr; ///< null: a record waits, to be completed
    pv::Token token{};
    pv::ChannelId channel{};
    RecordId record{};
    std::size_t records = 0; ///< that a device works on, plus one while the chain runs
};

/// A put with completion of a record that was busy: begun when the record has finished, and what else was asked of it
/// before (RPRO) too.
struct LatePut {
    pv::WriteRequest request;
    pv::Sink* sink = nullptr; ///< null: a record waits for it
    RecordId record{};        ///< which then is completed
    bool writes = true;       ///< false: it only processes
};

/// Who waits for which records.
/// Thread: shard
class Waits {
  public:
    [[nodiscard]] base::Handle begin(const LatePut& put)
    {
        return waits_.insert(Wait{put.sink, put.request.token, put.request.channel, put.record, 1});
    }
    [[nodiscard]] Wait* find(base::Handle wait) { return waits_.find(wait); }
    void end(base::Handle wait) { waits_.erase(wait); }

    /// The record, which a device works on, belongs to the chain that this wait is for.
    void attach(Record& record, base::Handle wait)
    {
        if (Wait* const found = waits_.find(wait); found != nullptr) {
            ++found->records;
            record.set(flag_waited);
            of_record_[record.id].waits.push_back(wait);
        }
    }
    void queue(Record& record, LatePut put)
    {
        record.set(flag_waited);
        of_record_[record.id].puts.push_back(std::move(put));
    }

    /// The record has finished: gives who waited for it, and forgets them.
    [[nodiscard]] std::vector<base::Handle> detach(Record& record)
    {
        const auto found = of_record_.find(record.id);
        if (found == of_record_.end()) {
            record.set(flag_waited, false);
            return {};
        }
        std::vector<base::Handle> waits = std::exchange(found->second.waits, {});
        forget_if_done(record, found);
        return waits;
    }
    /// Puts wait for the record.
    [[nodiscard]] bool has_puts(const Record& record) const
    {
        const auto found = record.is(flag_waited) ? of_record_.find(record.id) : of_record_.end();
        return found != of_record_.end() && !found->second.puts.empty();
    }
    /// The oldest put that waits for the record, which it forgets.
    [[nodiscard]] std::optional<LatePut> next_put(Record& record)
    {
        if (!has_puts(record)) {
            return {};
        }
        const auto found = of_record_.find(record.id);
        LatePut put = std::move(found->second.puts.front());
        found->second.puts.pop_front();
        forget_if_done(record, found);
        return put;
    }

    /// Forgets operations of that channel and sink: that with the token, or all.
    void cancel(pv::ChannelId channel, std::optional<pv::Token> token, pv::Sink* sink);

  private:
    struct OfRecord {
        std::vector<base::Handle> waits;
        std::deque<LatePut> puts;
    };
    using OfRecords = std::unordered_map<RecordId, OfRecord>;

    void forget_if_done(Record& record, OfRecords::iterator at)
    {
        if (at->second.waits.empty() && at->second.puts.empty()) {
            of_record_.erase(at);
            record.set(flag_waited, false);
        }
    }

    base::Slots<Wait> waits_;
    OfRecords of_record_;
};

} // namespace iochron::db
