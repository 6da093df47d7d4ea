#pragma once

#include "db/database.h"

#include <unordered_map>

namespace iochron::db {

/// The user code that takes records' outputs.
/// Thread: shard
class Programs {
  public:
    void put(RecordId record, OutputCallback callback)
    {
        if (callback == nullptr) {
            all_.erase(record);
        } else {
            all_[record].callback = std::move(callback);
        }
    }
    /// Hands the value over. False: the answer has not come yet; true: it has, in `status`.
    [[nodiscard]] bool call(RecordId record, const pv::Value& value, pv::Status& status);
    /// The answer came from within the callback: keeps it for call(). False: it came from elsewhere.
    [[nodiscard]] bool answer(RecordId record, const pv::Status& status);

  private:
    struct Program {
        OutputCallback callback;
        bool calling = false;
        bool answered = false;
        pv::Status status;
    };

    std::unordered_map<RecordId, Program> all_;
};

} // namespace iochron::db
