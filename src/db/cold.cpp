#include "db/cold.h"

namespace iochron::db {

void Cold::set(Record& record, const Field& field, const pv::Value& value)
{
    Node* link = &record.cold;
    while (*link != 0 && entries_[*link].field != field.index) {
        link = &entries_[*link].next;
    }
    const bool is_default = value == field.initial_value;
    if (*link != 0 && is_default) {
        const Node gone = *link;
        *link = entries_[gone].next;
        entries_.free(gone);
    } else if (*link != 0) {
        entries_[*link].value = value;
    } else if (!is_default) {
        const Node fresh = entries_.make();
        entries_[fresh] = {value, record.cold, field.index};
        record.cold = fresh;
    }
}

void Cold::clear(Record& record)
{
    while (record.cold != 0) {
        const Node gone = record.cold;
        record.cold = entries_[gone].next;
        entries_.free(gone);
    }
}

} // namespace iochron::db
