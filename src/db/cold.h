#pragma once

#include "db/field.h"
#include "db/nodes.h"

namespace iochron::db {

/// The fields of a record that seldom differ from their default: only those that do are stored, in a list per record.
/// Thread: shard
class Cold {
  public:
    /// The stored value, or null where the field has its default.
    [[nodiscard]] const pv::Value* find(const Record& record, FieldIndex field) const
    {
        for (Node at = record.cold; at != 0; at = entries_[at].next) {
            if (entries_[at].field == field) {
                return &entries_[at].value;
            }
        }
        return nullptr;
    }
    [[nodiscard]] const pv::Value& get(const Record& record, const Field& field) const
    {
        const pv::Value* const found = find(record, field.index);
        return found != nullptr ? *found : field.initial_value;
    }
    void set(Record& record, const Field& field, const pv::Value& value);
    /// Forgets all fields of the record.
    void clear(Record& record);

    [[nodiscard]] std::size_t memory_bytes() const { return entries_.memory_bytes(); }

  private:
    struct Entry {
        pv::Value value;
        Node next = 0;
        FieldIndex field = no_field;
    };
    static_assert(sizeof(Entry) == 24);

    Nodes<Entry> entries_;
};

} // namespace iochron::db
