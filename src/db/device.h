#pragma once

#include "base/time.h"
#include "db/record_type.h"
#include "pv/alarm.h"
#include "pv/status.h"
#include "pv/value.h"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace iochron::db {

/// What a record asks of a device kind that answers by itself: an input's value, or that it takes an output's.
struct Question {
    RecordId record{};
    std::uint64_t serial = 0; ///< names the question in Database::answer_device()
    std::string address{};    ///< what INP or OUT holds behind '@' (of "#..." all); empty where there is none
    pv::Value value{};        ///< of an output: what goes out (RVAL of a raw kind); of an input: empty
};

/// What comes back. A status that is not ok is READ/INVALID, or WRITE/INVALID of an output, with its text as AMSG.
struct Answer {
    pv::Status status{};
    pv::Value value{}; ///< of an input; empty leaves the value as it was
    pv::Alarm alarm{}; ///< taken unless the record's limits or states make a worse one
    std::string message{};
    std::optional<base::Stamp> time{}; ///< taken with TSE -2
};

/// Gets each question, on the shard, so it must not block. The record stays active until Database::answer_device()
/// comes, from within the call or later. What it throws is an answer that failed.
using Ask = std::function<void(const Question&)>;

/// A device kind that hands its questions to `ask`, for Database::add_device().
[[nodiscard]] Device asking_device(std::string name, bool raw, Ask ask);

/// The questions that are open.
/// Thread: shard
class Questions {
  public:
    /// Asks. True: the answer is there already, and take() gives it.
    [[nodiscard]] bool ask(const Ask& ask, Question question);
    /// Keeps an answer. False: the record asks nothing of that serial number (any more).
    [[nodiscard]] bool keep(RecordId record, std::uint64_t serial, Answer answer);
    /// The question is being asked just now.
    [[nodiscard]] bool asking(RecordId record) const;
    /// The answer, and the question is closed; one that failed where the record was completed without.
    [[nodiscard]] Answer take(RecordId record);

  private:
    struct Open {
        std::uint64_t serial = 0;
        bool asking = false;
        std::optional<Answer> answer;
    };

    std::uint64_t last_serial_ = 0;
    std::unordered_map<RecordId, Open> open_;
};

} // namespace iochron::db
