#include "db/core.h"
#include "db/record_fields.h"
#include "pv/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace iochron::db {

namespace {

using pv::Outcome;
using pv::Status;

/// The empty text names the first state that has no name.
std::optional<pv::Value> nameless_state(const Core& core, const Record& record, const Field& field)
{
    const RecordType& type = core.type(record);
    const bool has_states = field.type == Dbf::enumeration && field.index == type.value_field &&
                            core.get(record, field).type() == pv::ScalarType::enumeration;
    const std::size_t states = type.no_choice == pv::NoChoice::states ? 16 : 2;
    const std::vector<std::string> names = has_states ? core.choices(record, field) : std::vector<std::string>();
    const auto state = static_cast<std::size_t>(std::ranges::find(names, "") - names.begin());
    if (!has_states || state >= states) {
        return {};
    }
    return pv::Value::enumeration(static_cast<std::uint16_t>(state));
}

/// A client's value as the field's type, without regard to the field's size or choices.
std::expected<pv::Value, Status> converted(const Core& core, const Record& record, const Field& field,
                                           const pv::Value& value)
{
    const pv::ScalarType type = scalar_type(field.type);
    const bool from_text = value.type() == pv::ScalarType::string;
    if (type == pv::ScalarType::string && value.is_array() && element_bytes(value.type()) == 1) {
        return pv::Value::of(pv::text_of_characters(value));
    }
    if (from_text && !value.is_array() && value.text().empty()) {
        if (const auto state = nameless_state(core, record, field)) {
            return *state;
        }
    }
    pv::Meta meta;
    meta.type = type;
    if (type == pv::ScalarType::string && core.type(record).find("PREC") == nullptr) {
        meta.precision = 6; // as EPICS Base, where a record type has no precision
    }
    if (from_text && is_choice(field.type)) {
        meta.choices = core.choices(record, field);
    } else if (type == pv::ScalarType::string && !from_text && core.type(record).describe != nullptr) {
        core.type(record).describe(core, record, core.type(record)[core.type(record).value_field], meta);
    }
    return pv::convert_to_scalar(value, type, &meta);
}

/// Unlike a single number, an element of an array is not made of an empty text.
bool has_empty_text(const pv::Value& value)
{
    if (!value.is_array()) {
        return value.text().empty();
    }
    bool found = false;
    for (std::size_t i = 0; i < value.count(); ++i) {
        found |= value.text_at(i).empty();
    }
    return found;
}

Status check_choice(const Core& core, const Record& record, const Field& field, const pv::Value& value)
{
    const auto index = value.get<std::uint16_t>();
    const std::size_t choices = core.choices(record, field).size();
    const bool leaves_scan = index == UINT16_MAX && field.name == "SSCN";
    if (field.type == Dbf::enumeration || index < choices || leaves_scan) {
        return {};
    }
    return {Outcome::put_failed, fmt::format("{} has {} choices, so {} is none", field.name, choices, index)};
}

pv::Value fitted(const Field& field, pv::Value value)
{
    const std::size_t room = field.size == 0 ? 0 : field.size - 1u;
    return value.text().size() <= room ? value : pv::Value::of(value.text().substr(0, room));
}

} // namespace

Status Core::put_link(Record& record, const Field& field, std::string_view text)
{
    const auto fresh = make_link(record, field, text);
    if (!fresh) {
        return {Outcome::put_failed, fresh.error()};
    }
    if (std::string wrong = started ? misfit(record, field, *fresh) : std::string(); !wrong.empty()) {
        drop_link(*fresh);
        return {Outcome::put_failed, std::move(wrong)};
    }
    const LinkId old = field.get_link(*this, record, field);
    field.set_link(*this, record, field, *fresh);
    if (field.special == Special::type) {
        if (Status status = type(record).special(*this, record, field); !status.ok()) {
            field.set_link(*this, record, field, old);
            drop_link(*fresh);
            return status;
        }
    }
    drop_link(old);
    if (field.special != Special::none) {
        update_flags(record);
    }
    if (started && *fresh != no_link) {
        const Link& link = links[*fresh];
        if (link.kind == LinkKind::remote) {
            remotes.connect(*fresh);
        }
        adapt_to_device(*fresh);
        listen(*fresh);
        if (link.is(link_listens)) {
            trigger(*fresh);
        }
    }
    return {};
}

Status Core::store(Record& record, const Field& field, const pv::Value& value)
{
    if (field.set == nullptr) {
        return {Outcome::put_failed, fmt::format("{} cannot be set", field.name)};
    }
    const bool scans_change = field.special == Special::scan;
    if (scans_change) {
        remove_from_scan(record);
    }
    const bool may_refuse = field.special == Special::type && !is_link(field.type);
    const pv::Value before = may_refuse ? get(record, field) : pv::Value();
    Status status = field.set(*this, record, field, value);
    if (scans_change) {
        add_to_scan(record);
    }
    if (status.ok() && may_refuse) {
        status = type(record).special(*this, record, field);
        if (!status.ok()) {
            field.set(*this, record, field, before);
        }
    }
    if (field.special == Special::disable || field.special == Special::stamp) {
        update_flags(record);
    }
    return status;
}

std::expected<pv::Value, Status> Core::storable(const Record& record, const Field& field, const pv::Value& value) const
{
    if (field.has(nomod) || field.has(attribute)) {
        return std::unexpected(Status{Outcome::put_failed, fmt::format("{} cannot be changed", field.name)});
    }
    const auto array = shape(record, field);
    if (array && array->type != pv::ScalarType::string && value.type() == pv::ScalarType::string &&
        has_empty_text(value)) {
        return std::unexpected(Status{Outcome::no_conversion, "an empty text makes no element of numbers"});
    }
    auto stored = array ? array_of_shape(value, *array) : converted(*this, record, field, value);
    if (!stored || array) {
        return stored;
    }
    if (is_choice(field.type)) {
        if (Status status = check_choice(*this, record, field, *stored); !status.ok()) {
            return std::unexpected(std::move(status));
        }
    } else if (field.type == Dbf::string) {
        *stored = fitted(field, *std::move(stored));
    }
    return stored;
}

Status Core::put(Record& record, const Field& field, const pv::Value& value)
{
    const auto stored = storable(record, field, value);
    if (!stored) {
        return stored.error();
    }
    const pv::Value before = field.has(prop) ? get(record, field) : pv::Value();
    if (Status status = store(record, field, *stored); !status.ok()) {
        return status;
    }
    const bool is_value = field.index == type(record).value_field;
    if (is_value) {
        record.set(flag_udf, false);
    }
    if (const bool changed = field.has(prop) && !(get(record, field) == before); changed || field.index == field_desc) {
        refresh_metas(record, changed); // softIoc 7.0.10 posts DBE_PROPERTY only of a change, and before the value
    }
    if (!(is_value && field.has(pp))) {
        post(record, field.index, pv::Mask::value | pv::Mask::log);
    }
    return {};
}

// putAckt and putAcks of EPICS Base (dbAccess.c), which look neither at NOMOD nor at the field's type.
Status Core::acknowledge(Record& record, const Field& field, pv::WriteKind kind, const pv::Value& value)
{
    const auto number = pv::convert_to_scalar(value, pv::ScalarType::uint16, nullptr);
    if (is_link(field.type) || !number) {
        return {Outcome::put_failed, fmt::format("{} takes no acknowledgement of that type", field.name)};
    }
    const auto wanted = number->get<std::uint16_t>();
    constexpr pv::Mask mask = pv::Mask::value | pv::Mask::alarm;
    if (kind == pv::WriteKind::acknowledge_transient) {
        const bool transient = wanted != 0;
        if (transient == record.is(flag_ackt)) {
            return {};
        }
        record.set(flag_ackt, transient);
        post(record, field_ackt, mask);
        if (!transient && record.acks > record.sevr) {
            record.acks = record.sevr;
            post(record, field_acks, mask);
        }
    } else if (wanted >= static_cast<std::uint16_t>(record.acks)) {
        record.acks = pv::Severity::no_alarm;
        post(record, field_acks, mask);
    } else {
        return {};
    }
    post_all(record, pv::Mask::alarm);
    return {};
}

// A plain put of an acknowledgement processes only by PROC, one with completion as any other put: so does EPICS Base.
bool Core::would_process(const Record& record, const Field& field, const pv::WriteRequest& request) const
{
    if (is_link(field.type)) {
        return false;
    }
    const bool acknowledges = request.kind != pv::WriteKind::value && !request.wait;
    return request.processing == pv::Processing::yes ||
           (request.processing == pv::Processing::passive &&
            (field.index == field_proc || (field.has(pp) && record.scan == scan_passive && !acknowledges)));
}

Status Core::accepts_puts(const Record& record, const Field& field) const
{
    if (record.is(flag_disp) && field.index != field_disp) {
        return {Outcome::put_failed, fmt::format("{} does not accept puts (DISP is 1)", name(record))};
    }
    return {};
}

Status Core::put_field(Record& record, const Field& field, const pv::WriteRequest& request, bool late)
{
    if (Status status = accepts_puts(record, field); !status.ok()) {
        return status;
    }
    Status status = request.kind == pv::WriteKind::value ? put(record, field, request.value)
                                                         : acknowledge(record, field, request.kind, request.value);
    if (!status.ok() || !would_process(record, field, request)) {
        return status;
    }
    if (record.is(flag_pact)) {
        record.set(flag_rpro);
    } else {
        if (!late) {
            record.set(flag_putf);
        }
        process(record);
    }
    return status;
}

Status Core::put_waiting(Record& record, const Field& field, const LatePut& put, bool late)
{
    const pv::WriteRequest& request = put.request;
    const base::Handle mine = waits.begin(put);
    const base::Handle outer = std::exchange(wait, mine);
    Status status;
    if (put.writes) {
        status = put_field(record, field, request, late);
    } else if (put.sink != nullptr || record.scan == scan_passive) {
        record.set(flag_putf, !late);
        process(record);
    }
    wait = outer;
    if (status.ok()) {
        release(mine);
    } else {
        waits.end(mine);
    }
    return status;
}

} // namespace iochron::db
