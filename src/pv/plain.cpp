#include "pv/plain.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace iochron::pv {
namespace {

/// Members of a structure by name, where they are what one hopes.
class Members {
  public:
    explicit Members(const Structure& structure) : structure_(structure) {}

    [[nodiscard]] double number(std::string_view path, double otherwise) const
    {
        const Value* value = structure_.find(path);
        return value != nullptr && !value->is_array() && is_number(value->type()) ? value->as_double() : otherwise;
    }
    /// 64-bit integers keep all their bits.
    [[nodiscard]] std::int64_t integer(std::string_view path) const
    {
        const Value* value = structure_.find(path);
        if (value != nullptr && !value->is_array() && value->type() == ScalarType::int64) {
            return value->get<std::int64_t>();
        }
        const double given = number(path, 0);
        constexpr double most = 9e18;
        return std::isfinite(given) ? static_cast<std::int64_t>(std::clamp(given, -most, most)) : 0;
    }
    [[nodiscard]] std::string text(std::string_view path) const
    {
        const Value* value = structure_.find(path);
        return value != nullptr && value->is_text() ? std::string(value->text()) : std::string{};
    }
    [[nodiscard]] Range range(std::string_view low, std::string_view high) const
    {
        const Range range{number(low, 0), number(high, 0)};
        return range.low < range.high ? range : Range{};
    }
    [[nodiscard]] Severity severity(std::string_view path) const
    {
        return static_cast<Severity>(std::clamp<std::int64_t>(integer(path), 0, 3));
    }
    [[nodiscard]] const Value* choices() const
    {
        const Value* value = structure_.find("value.choices");
        return value != nullptr && value->is_array() && value->type() == ScalarType::string ? value : nullptr;
    }

  private:
    const Structure& structure_;
};

/// No value where `value` is none that CA can carry.
Value value_of(const Structure& structure)
{
    const auto field = structure.type()->find("value");
    if (!field) {
        return {};
    }
    if (!structure.type()->fields()[*field].type->is(Type::Form::structure)) {
        const Value& value = structure.at(*field);
        return value.is_compound() ? Value{} : value;
    }
    const Members members(structure);
    const bool is_enum = structure.type()->find("value.index") && members.choices() != nullptr;
    return is_enum ? Value::enumeration(static_cast<std::uint16_t>(members.integer("value.index"))) : Value{};
}

base::Stamp time_of(const Members& members)
{
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t latest = 9'000'000'000; // the year 2255: nanoseconds have no room for much more
    const std::int64_t seconds = std::clamp<std::int64_t>(members.integer("timeStamp.secondsPastEpoch"), 0, latest);
    const std::int64_t nanoseconds = std::clamp<std::int64_t>(members.integer("timeStamp.nanoseconds"), 0, second - 1);
    const base::Stamp stamp{seconds * second + nanoseconds};
    return std::max(stamp, base::undefined_stamp);
}

} // namespace

AlarmStatus alarm_status_of(std::int64_t severity, std::int64_t status, std::string_view message)
{
    if (severity == 0) {
        return AlarmStatus::no_alarm;
    }
    if (const auto named = std::ranges::find(alarm_status_names, message); named != alarm_status_names.end()) {
        return static_cast<AlarmStatus>(named - alarm_status_names.begin());
    }
    using enum AlarmStatus;
    // NONE, DEVICE, DRIVER, RECORD, DB, CONF, UNDEFINED, CLIENT
    constexpr std::array<AlarmStatus, 8> kinds = {soft, state, comm, soft, disable, soft, udf, link};
    return status >= 0 && status < std::ssize(kinds) ? kinds[static_cast<std::size_t>(status)] : soft;
}

Sample Plain::sample(const Meta& meta) const
{
    Sample sample;
    sample.value = value;
    sample.time = time;
    sample.user_tag = user_tag;
    sample.alarm = alarm;
    sample.message = message.empty() ? nullptr : &message;
    sample.meta = &meta;
    return sample;
}

std::optional<Plain> plain_of(const Structure& structure)
{
    Plain plain;
    plain.value = value_of(structure);
    if (plain.value.empty()) {
        return std::nullopt;
    }
    const Members members(structure);
    plain.message = members.text("alarm.message");
    plain.alarm.severity = members.severity("alarm.severity");
    plain.alarm.status =
        alarm_status_of(members.integer("alarm.severity"), members.integer("alarm.status"), plain.message);
    plain.time = time_of(members);
    plain.user_tag = static_cast<std::uint32_t>(members.integer("timeStamp.userTag"));
    return plain;
}

std::optional<Meta> plain_meta_of(const Structure& structure)
{
    const Value value = value_of(structure);
    if (value.empty()) {
        return std::nullopt;
    }
    const Members members(structure);
    Meta meta;
    meta.type = value.type();
    meta.is_array = value.is_array();
    meta.max_count = static_cast<std::uint32_t>(std::max<std::size_t>(value.count(), 1));
    meta.precision = static_cast<std::int16_t>(std::clamp<std::int64_t>(members.integer("display.precision"), 0, 17));
    meta.units = members.text("display.units");
    meta.description = members.text("display.description");
    if (meta.description.empty()) {
        meta.description = members.text("descriptor");
    }
    meta.display = members.range("display.limitLow", "display.limitHigh");
    meta.control = members.range("control.limitLow", "control.limitHigh");
    meta.lolo = members.number("valueAlarm.lowAlarmLimit", Meta::no_limit);
    meta.low = members.number("valueAlarm.lowWarningLimit", Meta::no_limit);
    meta.high = members.number("valueAlarm.highWarningLimit", Meta::no_limit);
    meta.hihi = members.number("valueAlarm.highAlarmLimit", Meta::no_limit);
    meta.lolo_severity = members.severity("valueAlarm.lowAlarmSeverity");
    meta.low_severity = members.severity("valueAlarm.lowWarningSeverity");
    meta.high_severity = members.severity("valueAlarm.highWarningSeverity");
    meta.hihi_severity = members.severity("valueAlarm.highAlarmSeverity");
    meta.hysteresis = members.number("valueAlarm.hysteresis", 0);
    if (const Value* choices = value.type() == ScalarType::enumeration ? members.choices() : nullptr) {
        for (std::size_t i = 0; i < choices->count(); ++i) {
            meta.choices.emplace_back(choices->text_at(i));
        }
    }
    return meta;
}

} // namespace iochron::pv
