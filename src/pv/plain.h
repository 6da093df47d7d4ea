#pragma once

#include "pv/meta.h"
#include "pv/sample.h"
#include "pv/structure.h"

#include <optional>
#include <string>

namespace iochron::pv {

/// What Channel Access, a link or a record can take of a structure: its `value` where that is a number, a text, an
/// array of those or an enum_t, with the alarm and time stamp beside it. All members are found by name, whatever the
/// id and order, for no two servers lay them out alike.
struct Plain {
    Value value; ///< an enum_t gives its index as an enumeration
    Alarm alarm;
    std::string message; ///< alarm.message
    base::Stamp time = base::undefined_stamp;
    std::uint64_t user_tag = 0;

    /// The sample, which borrows `message` and `meta`.
    [[nodiscard]] Sample sample(const Meta& meta) const;
};

/// Nothing where the structure has no such value. Members that are missing or of no use leave what Plain begins with.
[[nodiscard]] std::optional<Plain> plain_of(const Structure& structure);

/// The Meta that display, control and valueAlarm make, with the choices of an enum_t; its `structure` is null. Nothing
/// where plain_of() gives nothing. An array can hold what it holds now, and 1 at the least: a structure does not tell
/// how long it may become.
[[nodiscard]] std::optional<Meta> plain_meta_of(const Structure& structure);

/// Takes over what `changed` marks of it; the rest of `meta` stays.
void update_plain_meta(const Structure& changed, Meta& meta);

/// The stamp of a time_t: what nobody can mean is brought within 1990 and 2255.
[[nodiscard]] base::Stamp stamp_of(std::int64_t seconds_past_epoch, std::int64_t nanoseconds);

/// The STAT that an alarm_t means: the one whose name is its message (QSRV writes it so), else one of its kind.
[[nodiscard]] AlarmStatus alarm_status_of(std::int64_t severity, std::int64_t status, std::string_view message);

} // namespace iochron::pv
