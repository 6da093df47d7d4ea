#include "pv/normative.h"

#include "base/time.h"
#include "pv/convert.h"

#include <array>
#include <cmath>
#include <span>

namespace iochron::pv {
namespace {

/// The types made by `make`, by scalar type, each once.
template <class Make>
std::array<TypeRef, 16> each_scalar(Make make)
{
    std::array<TypeRef, 16> types;
    for (std::size_t i = 0; i < types.size(); ++i) {
        types[i] = make(static_cast<ScalarType>(i));
    }
    return types;
}

TypeRef text()
{
    return scalar(ScalarType::string);
}

TypeRef int32()
{
    return scalar(ScalarType::int32);
}

TypeRef display_of(ScalarType type)
{
    if (type == ScalarType::string) {
        return structure("", {{"description", text()}, {"units", text()}});
    }
    const TypeRef& limit = scalar(type);
    return structure("", {{"limitLow", limit},
                          {"limitHigh", limit},
                          {"description", text()},
                          {"units", text()},
                          {"precision", int32()},
                          {"form", enum_type()}});
}

TypeRef value_alarm_of(ScalarType type)
{
    const TypeRef& limit = scalar(type);
    return structure("", {{"active", scalar(ScalarType::boolean)},
                          {"lowAlarmLimit", limit},
                          {"lowWarningLimit", limit},
                          {"highWarningLimit", limit},
                          {"highAlarmLimit", limit},
                          {"lowAlarmSeverity", int32()},
                          {"lowWarningSeverity", int32()},
                          {"highWarningSeverity", int32()},
                          {"highAlarmSeverity", int32()},
                          {"hysteresis", scalar(ScalarType::float64)}});
}

TypeRef of_value(std::string id, const TypeRef& value, ScalarType type)
{
    std::vector<Member> members = {
        {"value", value}, {"alarm", alarm_type()}, {"timeStamp", time_type()}, {"display", display_of(type)}};
    if (type != ScalarType::string) {
        const TypeRef& limit = scalar(type);
        members.push_back({"control", structure("", {{"limitLow", limit}, {"limitHigh", limit}, {"minStep", limit}})});
        members.push_back({"valueAlarm", value_alarm_of(type)});
    }
    return structure(std::move(id), std::move(members));
}

} // namespace

const TypeRef& alarm_type()
{
    static const TypeRef type = structure("alarm_t", {{"severity", int32()}, {"status", int32()}, {"message", text()}});
    return type;
}

const TypeRef& time_type()
{
    static const TypeRef type = structure(
        "time_t", {{"secondsPastEpoch", scalar(ScalarType::int64)}, {"nanoseconds", int32()}, {"userTag", int32()}});
    return type;
}

const TypeRef& enum_type()
{
    static const TypeRef type = structure("enum_t", {{"index", int32()}, {"choices", array(ScalarType::string)}});
    return type;
}

const TypeRef& nt_scalar(ScalarType type)
{
    static const auto types =
        each_scalar([](ScalarType each) { return of_value("epics:nt/NTScalar:1.0", scalar(each), each); });
    return types[static_cast<std::size_t>(type)];
}

const TypeRef& nt_scalar_array(ScalarType element)
{
    static const auto types =
        each_scalar([](ScalarType each) { return of_value("epics:nt/NTScalarArray:1.0", array(each), each); });
    return types[static_cast<std::size_t>(element)];
}

const TypeRef& nt_enum()
{
    static const TypeRef type =
        structure("epics:nt/NTEnum:1.0", {{"value", enum_type()},
                                          {"alarm", alarm_type()},
                                          {"timeStamp", time_type()},
                                          {"display", structure("", {{"description", text()}})}});
    return type;
}

TypeRef nt_table(const std::vector<Column>& columns)
{
    std::vector<Member> members;
    for (const Column& column : columns) {
        members.push_back({column.name, array(column.type)});
    }
    return structure("epics:nt/NTTable:1.0", {{"labels", array(ScalarType::string)},
                                              {"value", structure("", std::move(members))},
                                              {"descriptor", text()},
                                              {"alarm", alarm_type()},
                                              {"timeStamp", time_type()}});
}

namespace {

TypeRef any_numbers()
{
    std::vector<Member> members = {{"booleanValue", array(ScalarType::boolean)}};
    constexpr std::array<std::pair<const char*, ScalarType>, 10> kinds = {{{"byteValue", ScalarType::int8},
                                                                           {"shortValue", ScalarType::int16},
                                                                           {"intValue", ScalarType::int32},
                                                                           {"longValue", ScalarType::int64},
                                                                           {"ubyteValue", ScalarType::uint8},
                                                                           {"ushortValue", ScalarType::uint16},
                                                                           {"uintValue", ScalarType::uint32},
                                                                           {"ulongValue", ScalarType::uint64},
                                                                           {"floatValue", ScalarType::float32},
                                                                           {"doubleValue", ScalarType::float64}}};
    for (const auto& [name, type] : kinds) {
        members.push_back({name, array(type)});
    }
    return choice("", std::move(members));
}

TypeRef attribute()
{
    return structure("epics:nt/NTAttribute:1.0", {{"name", text()},
                                                  {"value", any_type()},
                                                  {"tags", array(ScalarType::string)},
                                                  {"descriptor", text()},
                                                  {"alarm", alarm_type()},
                                                  {"timeStamp", time_type()},
                                                  {"sourceType", int32()},
                                                  {"source", text()}});
}

} // namespace

const TypeRef& nt_ndarray()
{
    static const TypeRef dimension = structure("dimension_t", {{"size", int32()},
                                                               {"offset", int32()},
                                                               {"fullSize", int32()},
                                                               {"binning", int32()},
                                                               {"reverse", scalar(ScalarType::boolean)}});
    static const TypeRef type = structure(
        "epics:nt/NTNDArray:1.0", {{"value", any_numbers()},
                                   {"codec", structure("codec_t", {{"name", text()}, {"parameters", any_type()}})},
                                   {"compressedSize", scalar(ScalarType::int64)},
                                   {"uncompressedSize", scalar(ScalarType::int64)},
                                   {"uniqueId", int32()},
                                   {"dataTimeStamp", time_type()},
                                   {"alarm", alarm_type()},
                                   {"timeStamp", time_type()},
                                   {"dimension", structure_array(dimension)},
                                   {"attribute", structure_array(attribute())}});
    return type;
}

const TypeRef& nt_matrix()
{
    static const TypeRef type = structure("epics:nt/NTMatrix:1.0", {{"value", array(ScalarType::float64)},
                                                                    {"dim", array(ScalarType::int32)},
                                                                    {"descriptor", text()},
                                                                    {"alarm", alarm_type()},
                                                                    {"timeStamp", time_type()},
                                                                    {"display", display_of(ScalarType::float64)}});
    return type;
}

TypeRef nt_uri(std::vector<Member> query)
{
    return structure(
        "epics:nt/NTURI:1.0",
        {{"scheme", text()}, {"authority", text()}, {"path", text()}, {"query", structure("", std::move(query))}});
}

TypeRef nt_name_value(ScalarType element)
{
    return structure("epics:nt/NTNameValue:1.0", {{"name", array(ScalarType::string)},
                                                  {"value", array(element)},
                                                  {"descriptor", text()},
                                                  {"alarm", alarm_type()},
                                                  {"timeStamp", time_type()}});
}

TypeRef nt_union(TypeRef value)
{
    return structure(
        "epics:nt/NTUnion:1.0",
        {{"value", std::move(value)}, {"descriptor", text()}, {"alarm", alarm_type()}, {"timeStamp", time_type()}});
}

NormativeLayout layout_of(const Type& type)
{
    constexpr NormativeLayout of_enum{.value = 2, .alarm = 4, .time = 8};
    return type.id().starts_with("epics:nt/NTEnum:") ? of_enum : NormativeLayout{};
}

TypeRef normative_type(const Meta& meta)
{
    if (meta.structure) {
        return meta.structure;
    }
    const bool several = meta.is_array && meta.max_count != 1;
    if (meta.type == ScalarType::enumeration && !several) {
        return nt_enum();
    }
    const ScalarType type = meta.type == ScalarType::enumeration ? ScalarType::uint16 : meta.type;
    if (shows_text(meta)) {
        return nt_scalar(ScalarType::string);
    }
    return several ? nt_scalar_array(type) : nt_scalar(type);
}

bool shows_text(const Meta& meta)
{
    return meta.characters_are_text && meta.type == ScalarType::int8 && meta.is_array && meta.max_count != 1;
}

NormativeTime normative_time(const Sample& sample, const Meta& meta)
{
    constexpr std::int64_t second = 1'000'000'000;
    const auto nanoseconds = static_cast<std::uint32_t>(sample.time.ns % second);
    const auto tag = static_cast<std::uint32_t>(sample.user_tag);
    const std::uint8_t bits = meta.time_tag_bits;
    const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1);
    return {sample.time.ns / second, static_cast<std::int32_t>(nanoseconds & ~mask),
            static_cast<std::int32_t>(bits == 0 ? tag : nanoseconds & mask)};
}

std::int32_t normative_status(AlarmStatus status)
{
    constexpr std::array<std::int32_t, 22> statuses = {0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
                                                       1, 3, 3, 3, 3, 3, 2, 4, 4, 4, 4};
    constexpr std::int32_t undefined = 6;
    const auto number = static_cast<std::size_t>(status);
    return number < statuses.size() ? statuses[number] : undefined;
}

std::string_view normative_message(const Sample& sample)
{
    if (sample.alarm == Alarm{}) {
        return {};
    }
    if (sample.message != nullptr && !sample.message->empty()) {
        return *sample.message;
    }
    const auto number = static_cast<std::size_t>(sample.alarm.status);
    return number < alarm_status_names.size() ? alarm_status_names[number] : std::string_view{};
}

namespace {

/// A limit in the type of the value: no limit is NaN, or 0 where the type has none.
void set_limit(Structure& to, std::uint32_t field, double limit)
{
    const bool nothing = std::isnan(limit) && !is_float(to.type()->fields()[field].type->scalar());
    (void)to.set(field, Value::of(nothing ? 0 : limit)); // a number converts to every number
}

void set_value(Structure& to, const NormativeLayout& at, const Sample& sample)
{
    const Field& field = to.type()->fields()[at.value];
    const bool wants_array = field.type->is(Type::Form::array);
    if (sample.value.type() == ScalarType::int8 && sample.value.is_array() &&
        field.type->scalar() == ScalarType::string) {
        to.place(at.value, Value::of(text_of_characters(sample.value)));
    } else if (sample.value.is_array() && !wants_array) { // NELM is 1
        auto first = convert_to_scalar(sample.value, field.type->scalar(), sample.meta);
        to.place(at.value, first ? std::move(*first) : Value::zero(field.type->scalar()));
    } else {
        (void)to.set(at.value, sample.value);
    }
}

void set_changing(Structure& to, const Sample& sample, const Meta& meta)
{
    const NormativeLayout at = layout_of(*to.type());
    set_value(to, at, sample);
    to.place(at.alarm + 1, Value::of(static_cast<std::int32_t>(sample.alarm.severity)));
    to.place(at.alarm + 2, Value::of(normative_status(sample.alarm.status)));
    to.place(at.alarm + 3, Value::of(normative_message(sample)));
    const NormativeTime time = normative_time(sample, meta);
    to.place(at.time + 1, Value::of(time.seconds));
    to.place(at.time + 2, Value::of(time.nanoseconds));
    to.place(at.time + 3, Value::of(time.user_tag));
}

void set_number_properties(Structure& to, const Meta& meta)
{
    static const Value forms = [] {
        const std::vector<std::string> names(display_form_names.begin(), display_form_names.end());
        return Value::string_array(names);
    }();
    const std::uint32_t display = layout_of(*to.type()).time + 4;
    set_limit(to, display + 1, meta.display.low);
    set_limit(to, display + 2, meta.display.high);
    if (is_float(meta.type)) {
        to.place(display + 5, Value::of(std::int32_t{meta.precision}));
    }
    to.place(display + 7, Value::of(static_cast<std::int32_t>(meta.form)));
    to.place(display + 8, forms);
    const std::uint32_t control = display + 9;
    set_limit(to, control + 1, meta.control.low);
    set_limit(to, control + 2, meta.control.high);
    if (meta.is_array || meta.lacks_alarm_limits) {
        return;
    }
    const std::uint32_t alarm = control + 4;
    set_limit(to, alarm + 2, meta.lolo);
    set_limit(to, alarm + 3, meta.low);
    set_limit(to, alarm + 4, meta.high);
    set_limit(to, alarm + 5, meta.hihi);
}

void set_properties(Structure& to, const Meta& meta)
{
    const Type& type = *to.type();
    (void)to.set("display.description", meta.description);
    if (&type == nt_enum().get()) {
        to.place(3, Value::string_array(meta.choices));
        return;
    }
    (void)to.set("display.units", meta.units);
    if (type.find("control")) {
        set_number_properties(to, meta);
    }
}

} // namespace

Structure to_structure(const TypeRef& type, const Sample& sample, const Meta& meta, Parts parts)
{
    if (const Structure* own = sample.value.structure()) {
        return *own;
    }
    Structure all(type);
    if (parts != Parts::property) {
        set_changing(all, sample, meta);
    }
    if (parts != Parts::changing) {
        set_properties(all, meta);
    }
    return all;
}

Value written_value(const Structure& put, const Meta& meta)
{
    for (const std::string_view path : {"value.index", "value"}) {
        if (const auto field = put.type()->find(path); field && put.is_marked(*field)) {
            if (put.type()->fields()[*field].type->is(Type::Form::structure)) {
                return {};
            }
            const Value& value = put.at(*field);
            return shows_text(meta) && value.is_text() ? characters_of_text(value.text()) : value;
        }
    }
    return {};
}

} // namespace iochron::pv
