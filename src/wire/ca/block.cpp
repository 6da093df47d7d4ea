#include "wire/ca/block.h"

#include "pv/convert.h"
#include "wire/ca/stamp.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace iochron::wire::ca {

namespace {

const pv::Meta& meta_of(const pv::Sample& sample)
{
    static const pv::Meta none;
    return sample.meta == nullptr ? none : *sample.meta;
}

/// A limit as an element of the type: integers go through a 32-bit one, and none is 0.
template <class T>
T limit_as(double limit)
{
    if constexpr (std::integral<T>) {
        return static_cast<T>(std::isfinite(limit) ? pv::number_cast<std::int32_t>(limit) : 0);
    } else {
        return pv::number_cast<T>(limit);
    }
}

template <class T>
void write_limits(base::Writer& writer, const pv::Meta& meta, bool control)
{
    for (const double limit : {meta.display.high, meta.display.low, meta.hihi, meta.high, meta.low, meta.lolo}) {
        writer.number(limit_as<T>(limit));
    }
    if (control) {
        writer.number(limit_as<T>(meta.control.high));
        writer.number(limit_as<T>(meta.control.low));
    }
}

void write_choices(base::Writer& writer, const pv::Meta& meta)
{
    const std::size_t count = std::min(meta.choices.size(), choices_max);
    writer.u16(static_cast<std::uint16_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
        writer.text(meta.choices[i], choice_bytes, false);
    }
    writer.zeros((choices_max - count) * choice_bytes);
}

void write_properties(base::Writer& writer, Dbr type, const pv::Meta& meta)
{
    const bool control = family(type) == Family::ctrl;
    switch (native(type)) {
    case Dbr::string:
        return;
    case Dbr::enum_:
        return write_choices(writer, meta);
    case Dbr::float_:
    case Dbr::double_:
        writer.number(meta.precision);
        writer.zeros(2);
        break;
    default:
        break;
    }
    writer.text(meta.units, units_bytes);
    switch (native(type)) {
    case Dbr::short_:
        return write_limits<std::int16_t>(writer, meta, control);
    case Dbr::char_:
        write_limits<std::uint8_t>(writer, meta, control);
        return writer.zeros(1);
    case Dbr::long_:
        return write_limits<std::int32_t>(writer, meta, control);
    case Dbr::float_:
        return write_limits<float>(writer, meta, control);
    default:
        return write_limits<double>(writer, meta, control);
    }
}

template <class T>
void read_limits(base::Reader& reader, pv::Meta& meta, bool control)
{
    const auto limit = [&reader] { return static_cast<double>(reader.number<T>()); };
    for (double* const into : {&meta.display.high, &meta.display.low, &meta.hihi, &meta.high, &meta.low, &meta.lolo}) {
        *into = limit();
    }
    if (control) {
        meta.control.high = limit();
        meta.control.low = limit();
    }
}

void read_choices(base::Reader& reader, pv::Meta& meta)
{
    const std::size_t count = std::min<std::size_t>(reader.u16(), choices_max);
    meta.choices.clear();
    for (std::size_t i = 0; i < choices_max; ++i) {
        const std::string_view choice = reader.text(choice_bytes);
        if (i < count && reader.ok()) {
            meta.choices.emplace_back(choice);
        }
    }
}

void read_properties(base::Reader& reader, Dbr type, pv::Meta& meta)
{
    const bool control = family(type) == Family::ctrl;
    switch (native(type)) {
    case Dbr::string:
        return;
    case Dbr::enum_:
        return read_choices(reader, meta);
    case Dbr::float_:
    case Dbr::double_:
        meta.precision = reader.number<std::int16_t>();
        reader.skip(2);
        break;
    default:
        break;
    }
    meta.units = reader.text(units_bytes);
    switch (native(type)) {
    case Dbr::short_:
        return read_limits<std::int16_t>(reader, meta, control);
    case Dbr::char_:
        return read_limits<std::uint8_t>(reader, meta, control);
    case Dbr::long_:
        return read_limits<std::int32_t>(reader, meta, control);
    case Dbr::float_:
        return read_limits<float>(reader, meta, control);
    default:
        return read_limits<double>(reader, meta, control);
    }
}

pv::Severity severity_of(std::uint16_t code)
{
    return code < pv::severity_names.size() ? pv::Severity{static_cast<std::uint8_t>(code)} : pv::Severity::invalid;
}

/// Codes beyond those that are known would name nothing: such a status is taken for UDF, such a severity for INVALID.
pv::Alarm read_alarm(base::Reader& reader)
{
    const std::uint16_t status = reader.u16();
    const std::uint16_t severity = reader.u16();
    return {.severity = severity_of(severity),
            .status = status < pv::alarm_status_names.size() ? pv::AlarmStatus{static_cast<std::uint8_t>(status)}
                                                             : pv::AlarmStatus::udf};
}

} // namespace

void write_block(base::Writer& writer, Dbr type, const pv::Sample& sample)
{
    const std::size_t start = writer.offset();
    if (value_offset(type) == 0) {
        return;
    }
    writer.u16(static_cast<std::uint16_t>(sample.alarm.status));
    writer.u16(static_cast<std::uint16_t>(sample.alarm.severity));
    if (family(type) == Family::time) {
        const WireStamp stamp = to_wire(sample.time);
        writer.u32(stamp.seconds);
        writer.u32(stamp.nanoseconds);
    } else if (family(type) == Family::gr || family(type) == Family::ctrl) {
        write_properties(writer, type, meta_of(sample));
    } else if (type == Dbr::stsack_string) {
        writer.u16(sample.acknowledgement.transient ? 1 : 0);
        writer.u16(static_cast<std::uint16_t>(sample.acknowledgement.severity));
    }
    if (writer.ok()) {
        writer.zeros(value_offset(type) - (writer.offset() - start));
    }
}

void read_block(base::Reader& reader, Dbr type, pv::Sample& sample, pv::Meta* meta)
{
    const std::size_t start = reader.offset();
    if (value_offset(type) == 0) {
        return;
    }
    sample.alarm = read_alarm(reader);
    if (family(type) == Family::time) {
        const std::uint32_t seconds = reader.u32();
        sample.time = from_wire({seconds, reader.u32()});
    } else if (type == Dbr::stsack_string) {
        sample.acknowledgement.transient = reader.u16() != 0;
        sample.acknowledgement.severity = severity_of(reader.u16());
    } else if ((family(type) == Family::gr || family(type) == Family::ctrl) && meta != nullptr) {
        read_properties(reader, type, *meta);
    }
    if (reader.ok()) {
        reader.skip(value_offset(type) - (reader.offset() - start));
    }
}

} // namespace iochron::wire::ca
