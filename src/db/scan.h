#pragma once

#include "base/counters.h"
#include "base/time.h"
#include "db/record.h"

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db {

/// Records in the order in which they process: by PHAS, then as they were added. May change while it is run through.
/// Thread: shard
class RunList {
  public:
    void add(RecordId record, std::int16_t phase);
    void remove(RecordId record);
    /// The next record of the run under way; nothing when it is through.
    [[nodiscard]] std::span<const RecordId> rest() const { return std::span(records_).subspan(at_); }
    void done(std::size_t records) { at_ += records; }
    void start() { at_ = 0; }
    [[nodiscard]] std::size_t size() const { return records_.size(); }
    [[nodiscard]] std::size_t memory_bytes() const
    {
        return records_.capacity() * sizeof(RecordId) + phases_.capacity() * sizeof(Phase);
    }

  private:
    /// Where the records of a phase end.
    struct Phase {
        std::int16_t phase;
        std::size_t end;
    };

    std::vector<RecordId> records_;
    std::vector<Phase> phases_; ///< ascending
    std::size_t at_ = 0;
};

/// The list of one period. Deadlines lie on a grid that starts with the database: a pass that is late by less than a
/// period starts at once and the grid stays, whole periods that were missed are skipped and counted.
struct ScanList {
    std::string choice;
    base::Duration period{};
    RunList list;
    base::Steady due = base::never; ///< of the pass under way, or else of the next
    bool running = false;
    std::uint64_t passes = 0;
    std::uint64_t late = 0;    ///< passes that started more than a tenth of a period after their deadline
    std::uint64_t skipped = 0; ///< periods without a pass
};

/// The period that a SCAN choice names: "2 second", ".5 seconds", "20 ms", "100 Hz", "1 minute", "500 us", "1 hour"
/// (the units of EPICS Base, and ms and us).
[[nodiscard]] std::expected<base::Duration, std::string> parse_period(std::string_view choice);

/// The periodic scans: what menuScan means in one database.
/// Thread: shard
class Scans {
  public:
    Scans(base::Counter& late, base::Counter& skipped);

    /// menuScan with the periods that were appended.
    [[nodiscard]] std::span<const std::string_view> choices() const { return choices_; }
    /// The index of the choice; a new period is appended. SCAN has one byte, so 255 choices at the most.
    [[nodiscard]] std::expected<std::uint8_t, std::string> index(std::string_view choice);

    [[nodiscard]] bool is_periodic(std::uint8_t scan) const { return scan >= first_period; }
    [[nodiscard]] ScanList& operator[](std::uint8_t scan) { return lists_[scan - first_period]; }
    [[nodiscard]] std::span<ScanList> lists() { return lists_; }

    /// Adds the record to a period's list. Where it is the list's first, the next pass is at the next point of the
    /// grid.
    void add(std::uint8_t scan, RecordId record, std::int16_t phase, base::Steady now);
    /// The grid starts: first passes are due at `now`.
    void start(base::Steady now);
    /// The list to work on: of those that are due the one whose next deadline comes first. Its pass is started if it
    /// was not. Null: none is due.
    [[nodiscard]] ScanList* next(base::Steady now);
    /// The pass is through.
    void end(ScanList& list);
    [[nodiscard]] base::Steady deadline() const;
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    static constexpr std::uint8_t first_period = 3;

    void begin(ScanList& list, base::Steady now);

    base::Counter& late_;
    base::Counter& skipped_;
    std::vector<ScanList> lists_;
    std::vector<std::string_view> choices_;
    std::vector<std::unique_ptr<std::string>> names_; ///< the appended choices' texts
    base::Steady grid_ = base::never;
};

} // namespace iochron::db
