#pragma once

#include "db/cycle.h"
#include "db/record_fields.h"

#include <type_traits>

namespace iochron::db {

/// Where a value lies, as EPICS numbers it for the alarm filter.
enum Range : int { range_lolo = 1, range_low, range_normal, range_high, range_hihi };

[[nodiscard]] pv::AlarmStatus status_of_range(int range);

/// AFVL, which follows VAL in the tables of types that have the filter.
inline constexpr FieldIndex field_filter_state = common_fields + 1;

/// AFTC: the range after the filter, whose state is kept in AFVL.
[[nodiscard]] int filtered_range(Record& record, Cycle& cycle, double aftc, int range);

/// The range of a value by limits with hysteresis; `last` is the limit of the alarm before, or the value.
template <class Settings, class T>
[[nodiscard]] int range_of(const Settings& s, T value, T last)
{
    using Wide =
        std::conditional_t<std::is_integral_v<T>, long double, double>; // limits and hysteresis do not overflow
    const auto above = [&](pv::Severity severity, T limit) {
        return severity != pv::Severity::no_alarm &&
               (value >= limit || (last == limit && value >= static_cast<Wide>(limit) - static_cast<Wide>(s.hyst)));
    };
    const auto below = [&](pv::Severity severity, T limit) {
        return severity != pv::Severity::no_alarm &&
               (value <= limit || (last == limit && value <= static_cast<Wide>(limit) + static_cast<Wide>(s.hyst)));
    };
    return above(s.hhsv, s.hihi)   ? range_hihi
           : below(s.llsv, s.lolo) ? range_lolo
           : above(s.hsv, s.high)  ? range_high
           : below(s.lsv, s.low)   ? range_low
                                   : range_normal;
}

/// The alarm by limits that the types with numbers of EPICS Base have all alike; `lalm` is LALM.
template <class Settings, class T>
void compare_limits(Record& record, Cycle& cycle, const Settings& s, T value, T& lalm)
{
    int range = range_of(s, value, lalm);
    if (s.aftc > 0) {
        range = filtered_range(record, cycle, s.aftc, range);
    }
    const auto [severity, limit] = [&]() -> std::pair<pv::Severity, T> {
        switch (range) {
        case range_hihi:
            return {s.hhsv, s.hihi};
        case range_lolo:
            return {s.llsv, s.lolo};
        case range_high:
            return {s.hsv, s.high};
        case range_low:
            return {s.lsv, s.low};
        default:
            return {pv::Severity::no_alarm, value};
        }
    }();
    if (severity == pv::Severity::no_alarm) {
        lalm = value;
    } else if (cycle.alarm(status_of_range(range), severity)) {
        lalm = limit;
    }
}

/// Whether the field of a number type is shown with the display limits HOPR and LOPR.
[[nodiscard]] bool has_number_limits(const Field& field);

/// Alarm limits and severities of the value field.
template <class Settings>
void describe_alarms(const Settings& s, pv::Meta& meta)
{
    const auto limit = [](pv::Severity severity, auto at) {
        return severity == pv::Severity::no_alarm ? pv::Meta::no_limit : static_cast<double>(at);
    };
    meta.hihi = limit(s.hhsv, s.hihi);
    meta.high = limit(s.hsv, s.high);
    meta.low = limit(s.lsv, s.low);
    meta.lolo = limit(s.llsv, s.lolo);
    meta.hihi_severity = s.hhsv;
    meta.high_severity = s.hsv;
    meta.low_severity = s.lsv;
    meta.lolo_severity = s.llsv;
    meta.hysteresis = static_cast<double>(s.hyst);
}

} // namespace iochron::db
