#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace iochron::pv {

/// menuAlarmSevr.
enum class Severity : std::uint8_t { no_alarm, minor, major, invalid };

/// menuAlarmStat, which is also what CA sends (EPICS Base alarm.h).
enum class AlarmStatus : std::uint8_t {
    no_alarm,
    read,
    write,
    hihi,
    high,
    lolo,
    low,
    state,
    cos,
    comm,
    timeout,
    hw_limit,
    calc,
    scan,
    link,
    soft,
    bad_sub,
    udf,
    disable,
    simm,
    read_access,
    write_access,
};

/// The choices as EPICS spells them.
inline constexpr std::array<std::string_view, 4> severity_names = {"NO_ALARM", "MINOR", "MAJOR", "INVALID"};
inline constexpr std::array<std::string_view, 22> alarm_status_names = {
    "NO_ALARM", "READ", "WRITE", "HIHI", "HIGH", "LOLO",    "LOW", "STATE",   "COS",  "COMM",        "TIMEOUT",
    "HWLIMIT",  "CALC", "SCAN",  "LINK", "SOFT", "BAD_SUB", "UDF", "DISABLE", "SIMM", "READ_ACCESS", "WRITE_ACCESS"};

struct Alarm {
    Severity severity = Severity::no_alarm;
    AlarmStatus status = AlarmStatus::no_alarm;

    bool operator==(const Alarm&) const = default;
};

/// What of a PV's alarms waits for somebody to acknowledge it (ACKS and ACKT of EPICS Base).
struct Acknowledgement {
    Severity severity = Severity::no_alarm; ///< the highest that was not acknowledged
    bool transient = true;                  ///< alarms that are over wait too

    bool operator==(const Acknowledgement&) const = default;
};

} // namespace iochron::pv
