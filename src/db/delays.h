#pragma once

#include "base/time.h"
#include "db/record.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace iochron::db {

/// Why a record waits: `complete` ends its processing (SDLY), `elapse` calls RecordType::elapsed (HIGH of bo).
enum class Purpose : std::uint8_t { complete, elapse };

/// Records that something happens to after a while. The room reads no clock, so a delay begins with the next advance(),
/// which wants_start() asks for at once. One delay per record and purpose: a later one replaces it.
/// Thread: shard
class Delays {
  public:
    struct Due {
        RecordId record;
        Purpose purpose;
    };

    /// `seconds` is at most a year.
    void ask(RecordId record, Purpose purpose, double seconds)
    {
        constexpr double year = 365.0 * 86400;
        const auto wait = std::chrono::duration<double>(std::min(seconds, year));
        fresh_.emplace_back(Key{record, purpose}, std::chrono::duration_cast<base::Duration>(wait));
    }
    [[nodiscard]] bool wants_start() const { return !fresh_.empty(); }
    void start(base::Steady now)
    {
        for (const auto& [key, wait] : fresh_) {
            if (const auto found = due_.find(key); found != due_.end()) {
                queue_.erase({found->second, key});
            }
            due_[key] = now + wait;
            queue_.insert({now + wait, key});
        }
        fresh_.clear();
    }
    [[nodiscard]] base::Steady deadline() const
    {
        return wants_start() ? base::Steady::min() : queue_.empty() ? base::never : queue_.begin()->first;
    }
    /// The oldest that is due, which it forgets.
    [[nodiscard]] std::optional<Due> pop(base::Steady now)
    {
        if (queue_.empty() || queue_.begin()->first > now) {
            return {};
        }
        const Key key = queue_.begin()->second;
        queue_.erase(queue_.begin());
        due_.erase(key);
        return Due{key.first, key.second};
    }

  private:
    using Key = std::pair<RecordId, Purpose>;

    std::vector<std::pair<Key, base::Duration>> fresh_;
    std::map<Key, base::Steady> due_;
    std::set<std::pair<base::Steady, Key>> queue_;
};

} // namespace iochron::db
