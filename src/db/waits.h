#pragma once

#include "base/slots.h"
#include "db/record.h"
#include "pv/source.h"

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iochron::db {

/// A put whose completion somebody waits for.
struct Wait {
    pv::Sink* sink = nullptr;
    pv::Token token{};
    pv::ChannelId channel{};
    std::size_t records = 0; ///< that a device works on, plus one while the chain runs
};

/// A put with completion of a record that was busy: done when the record has finished.
struct LatePut {
    pv::WriteRequest request;
    pv::Sink* sink = nullptr;
};

/// Who waits for which records.
/// Thread: shard
class Waits {
  public:
    [[nodiscard]] base::Handle begin(pv::Sink& sink, pv::Token token, pv::ChannelId channel)
    {
        return waits_.insert(Wait{&sink, token, channel, 1});
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

    struct OfRecord {
        std::vector<base::Handle> waits;
        std::vector<LatePut> puts;
    };
    /// The record has finished: gives who waited for it, and forgets them.
    [[nodiscard]] OfRecord detach(Record& record)
    {
        record.set(flag_waited, false);
        const auto found = of_record_.find(record.id);
        if (found == of_record_.end()) {
            return {};
        }
        OfRecord waited = std::move(found->second);
        of_record_.erase(found);
        return waited;
    }

    /// Forgets operations of that channel and sink: that with the token, or all.
    void cancel(pv::ChannelId channel, std::optional<pv::Token> token, pv::Sink* sink);

  private:
    base::Slots<Wait> waits_;
    std::unordered_map<RecordId, OfRecord> of_record_;
};

} // namespace iochron::db
