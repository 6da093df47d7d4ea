#include "db/core.h"
#include "db/filter.h"
#include "db/hints.h"
#include "db/record_fields.h"

#include <limits>

namespace iochron::db {

namespace {

template <class T>
pv::Range range_of()
{
    return {static_cast<double>(std::numeric_limits<T>::min()), static_cast<double>(std::numeric_limits<T>::max())};
}

/// What EPICS (recGblGetGraphicDouble) shows as the limits of a field of which the record type says nothing.
pv::Range range_of(Dbf type)
{
    switch (type) {
    case Dbf::int8:
        return range_of<std::int8_t>();
    case Dbf::uint8:
        return range_of<std::uint8_t>();
    case Dbf::int16:
        return range_of<std::int16_t>();
    case Dbf::uint16:
    case Dbf::enumeration:
        return range_of<std::uint16_t>();
    case Dbf::int32:
        return range_of<std::int32_t>();
    case Dbf::uint32:
        return range_of<std::uint32_t>();
    case Dbf::int64:
        return range_of<std::int64_t>();
    case Dbf::uint64:
        return range_of<std::uint64_t>();
    case Dbf::float32:
        return {-1e30, 1e30};
    case Dbf::float64:
        return {-1e300, 1e300};
    default:
        return {};
    }
}

/// Characters that the text of a long string can have with its NUL (a link's text has no bound of its own).
std::uint32_t characters(const Field& field)
{
    constexpr std::uint32_t link_bytes = 1024;
    return is_link(field.type) ? link_bytes : field.size;
}

pv::TextKind text_kind(const Field& field, bool characters)
{
    if (is_link(field.type)) {
        return pv::TextKind::link;
    }
    if (field.has(attribute)) {
        return pv::TextKind::attribute;
    }
    return characters ? pv::TextKind::long_string : pv::TextKind::plain;
}

pv::NoChoice no_choice(const RecordType& type, const Field& field)
{
    if (field.type == Dbf::enumeration) {
        return type.no_choice;
    }
    // DTYP of a type without device kinds is an empty text; SSCN may be no scan at all.
    return field.type == Dbf::device ? pv::NoChoice::states : pv::NoChoice::number;
}

} // namespace

const pv::MetaRef& Core::meta(const Record& record, FieldIndex key)
{
    const Field& field = this->field(record, key & static_cast<FieldIndex>(~long_string));
    pv::Meta meta;
    meta.type = scalar_type(field.type);
    meta.description = std::string(cold.get(record, this->field(record, field_desc)).text());
    meta.record_type = type(record).name;
    meta.display = type(record).display_limits ? range_of(field.type) : pv::Range{};
    meta.control = type(record).control_limits ? range_of(field.type) : pv::Range{};
    meta.choices = choices(record, field);
    meta.lacks_alarm_limits = !type(record).alarm_limits;
    meta.lacks_precision = pv::is_float(meta.type) && type(record).find("PREC") == nullptr;
    meta.no_choice = no_choice(type(record), field);
    meta.text = text_kind(field, (key & long_string) != 0);
    if (const auto array = shape(record, field)) {
        meta.type = array->type;
        meta.is_array = true;
        meta.max_count = array->max_count;
    }
    if (type(record).describe != nullptr) {
        type(record).describe(*this, record, field, meta);
    }
    if ((key & long_string) != 0) {
        meta.type = pv::ScalarType::int8;
        meta.is_array = true;
        meta.max_count = characters(field);
        meta.characters_are_text = is_link(field.type); // QSRV 2 leaves those of other fields an array
    }
    take_hints(record, field, meta);
    if (metas.wants_sweep() && !posts.handing_over()) {
        sweep_metas();
    }
    return metas.take(std::move(meta));
}

// What is wrong with an item was told when it was loaded.
void Core::take_hints(const Record& record, const Field& field, pv::Meta& meta) const
{
    const auto items = infos.find(record.id);
    if (items == infos.end()) {
        return;
    }
    for (const auto& [key, value] : items->second) {
        if (key == time_tag_item) {
            meta.time_tag_bits = parse_time_tag(value).value_or(0);
        } else if (key == form_item && field.index == type(record).value_field) {
            meta.form = parse_form(value).value_or(pv::DisplayForm::standard);
            meta.characters_are_text = meta.form == pv::DisplayForm::text;
        }
    }
}

pv::MetaRef Core::channel_meta(Record& record, FieldIndex key)
{
    Stream* from = find_stream(record, key);
    if (from == nullptr && key == type(record).value_field && record.stream.field == no_field) {
        from = &stream(record, key);
    }
    if (from == nullptr) {
        return meta(record, key);
    }
    if (from->meta == nullptr) {
        last_meta = meta(record, key);
        from->meta = last_meta.get();
    } else if (last_meta.get() != from->meta) {
        last_meta = metas.owner(from->meta);
    }
    return last_meta;
}

pv::MetaRef Core::filtered_meta(Node channel, const pv::Meta* meta)
{
    Filters& filters = *this->filters.at(channel);
    if (filters.before.get() != meta) {
        filters.before = metas.owner(meta);
        filters.after = metas.take(filters.change(*meta));
    }
    return filters.after;
}

bool Core::filter(Node subscription, pv::Sample& sample)
{
    const Node channel = posts.more[subscription].channel;
    if (!pass(posts.filters.at(subscription), sample, clock())) {
        return false;
    }
    filters.at(channel)->shape(sample);
    sample.meta = filtered_meta(channel, sample.meta).get();
    return true;
}

void Core::filter_read(Node channel, pv::Sample& sample)
{
    filters.at(channel)->read(sample, clock());
    sample.meta = filtered_meta(channel, sample.meta).get();
}

void Core::sweep_metas()
{
    posts.flush(); // updates that wait borrow their Meta
    std::unordered_set<const pv::Meta*> used;
    records.each([&](const Record& record) {
        for (const Stream* stream = &record.stream; stream != nullptr;
             stream = stream->next == 0 ? nullptr : &posts.streams[stream->next]) {
            used.insert(stream->meta);
        }
    });
    metas.sweep(used);
}

} // namespace iochron::db
