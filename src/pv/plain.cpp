#include "pv/plain.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace iochron::pv {
namespace {

/// Members of a structure by name, where they are what one hopes.
class Members {
  public:
    enum class Which { all, marked };
    explicit Members(const Structure& structure, Which which = Which::all) : structure_(structure), which_(which) {}

    [[nodiscard]] double number(std::string_view path, double otherwise) const
    {
        const Value* value = find(path);
        return value != nullptr && !value->is_array() && is_number(value->type()) ? value->as_double() : otherwise;
    }
    /// 64-bit integers keep all their bits.
    [[nodiscard]] std::int64_t integer(std::string_view path, std::int64_t otherwise = 0) const
    {
        const Value* value = find(path);
        if (value != nullptr && !value->is_array() && value->type() == ScalarType::int64) {
            return value->get<std::int64_t>();
        }
        const double given = number(path, static_cast<double>(otherwise));
        constexpr double most = 9e18;
        return std::isfinite(given) ? static_cast<std::int64_t>(std::clamp(given, -most, most)) : 0;
    }
    [[nodiscard]] std::string text(std::string_view path, std::string_view otherwise = {}) const
    {
        const Value* value = find(path);
        return std::string(value != nullptr && value->is_text() ? value->text() : otherwise);
    }
    [[nodiscard]] Severity severity(std::string_view path, Severity otherwise = {}) const
    {
        return static_cast<Severity>(
            std::clamp<std::int64_t>(integer(path, static_cast<std::int64_t>(otherwise)), 0, 3));
    }
    [[nodiscard]] const Value* choices() const
    {
        const Value* value = find("value.choices");
        return value != nullptr && value->is_array() && value->type() == ScalarType::string ? value : nullptr;
    }

  private:
    [[nodiscard]] const Value* find(std::string_view path) const
    {
        const auto field = structure_.type()->find(path);
        const bool seen = field && (which_ == Which::all || structure_.is_marked(*field));
        return seen ? &structure_.at(*field) : nullptr;
    }

    const Structure& structure_;
    Which which_;
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

void update(Meta& meta, const Members& members)
{
    const auto number = [&](std::string_view path, double& into) { into = members.number(path, into); };
    const auto severity = [&](std::string_view path, Severity& into) { into = members.severity(path, into); };
    meta.precision = static_cast<std::int16_t>(
        std::clamp<std::int64_t>(members.integer("display.precision", meta.precision), 0, 17));
    meta.units = members.text("display.units", meta.units);
    meta.description = members.text("display.description", meta.description);
    number("display.limitLow", meta.display.low);
    number("display.limitHigh", meta.display.high);
    number("control.limitLow", meta.control.low);
    number("control.limitHigh", meta.control.high);
    number("valueAlarm.lowAlarmLimit", meta.lolo);
    number("valueAlarm.lowWarningLimit", meta.low);
    number("valueAlarm.highWarningLimit", meta.high);
    number("valueAlarm.highAlarmLimit", meta.hihi);
    severity("valueAlarm.lowAlarmSeverity", meta.lolo_severity);
    severity("valueAlarm.lowWarningSeverity", meta.low_severity);
    severity("valueAlarm.highWarningSeverity", meta.high_severity);
    severity("valueAlarm.highAlarmSeverity", meta.hihi_severity);
    number("valueAlarm.hysteresis", meta.hysteresis);
    if (const Value* choices = meta.type == ScalarType::enumeration ? members.choices() : nullptr) {
        meta.choices.clear();
        for (std::size_t i = 0; i < choices->count(); ++i) {
            meta.choices.emplace_back(choices->text_at(i));
        }
    }
}

} // namespace

base::Stamp stamp_of(std::int64_t seconds_past_epoch, std::int64_t nanoseconds)
{
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t latest = 9'000'000'000; // the year 2255: nanoseconds have no room for much more
    const std::int64_t seconds = std::clamp<std::int64_t>(seconds_past_epoch, 0, latest);
    const base::Stamp stamp{seconds * second + std::clamp<std::int64_t>(nanoseconds, 0, second - 1)};
    return std::max(stamp, base::undefined_stamp);
}

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
    plain.time = stamp_of(members.integer("timeStamp.secondsPastEpoch"), members.integer("timeStamp.nanoseconds"));
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
    update(meta, members);
    if (meta.description.empty()) {
        meta.description = members.text("descriptor");
    }
    return meta;
}

void update_plain_meta(const Structure& changed, Meta& meta)
{
    update(meta, Members(changed, Members::Which::marked));
}

} // namespace iochron::pv
