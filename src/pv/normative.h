#pragma once

#include "pv/meta.h"
#include "pv/sample.h"
#include "pv/structure.h"

#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

namespace iochron::pv {

// The normative types (EPICS V4 Normative Types, 2015), with the members that QSRV 2 and p4p give them, in their order.
// Each is made once and shared.
[[nodiscard]] const TypeRef& alarm_type(); ///< alarm_t {severity, status, message}
[[nodiscard]] const TypeRef& time_type();  ///< time_t {secondsPastEpoch, nanoseconds, userTag}
[[nodiscard]] const TypeRef& enum_type();  ///< enum_t {index, choices}
/// With display, control and valueAlarm, whose limits have the type of the value; a text has a display of description
/// and units.
[[nodiscard]] const TypeRef& nt_scalar(ScalarType type);
[[nodiscard]] const TypeRef& nt_scalar_array(ScalarType element);
[[nodiscard]] const TypeRef& nt_enum();
/// One column a member: its name and the type of its elements.
struct Column {
    std::string name;
    ScalarType type = ScalarType::float64;
};
[[nodiscard]] TypeRef nt_table(const std::vector<Column>& columns);
[[nodiscard]] const TypeRef& nt_ndarray();
[[nodiscard]] const TypeRef& nt_matrix();
/// `query` are the arguments of a call.
[[nodiscard]] TypeRef nt_uri(std::vector<Member> query);
[[nodiscard]] TypeRef nt_name_value(ScalarType element);
/// `value` is a union, or `any`.
[[nodiscard]] TypeRef nt_union(TypeRef value);
/// The values of several channels at one time; `element` is that of `value`: a union, or null for `any`.
[[nodiscard]] TypeRef nt_multi_channel(const TypeRef& element);
/// How many of a set of values lie between two ranges each; `count` is int16, int32 or int64.
[[nodiscard]] TypeRef nt_histogram(ScalarType count);
[[nodiscard]] const TypeRef& nt_aggregate();

/// The number of each field that a record fills in, in one of the types above: the members up to timeStamp lie alike in
/// all scalar and array types, an enumeration's are 2 further on.
struct NormativeLayout {
    std::uint32_t value = 1; ///< of an enumeration: value.index
    std::uint32_t alarm = 2;
    std::uint32_t time = 6;
};
[[nodiscard]] NormativeLayout layout_of(const Type& type);

/// The type by which pvAccess sees such a PV, as QSRV 2 chooses it: NTEnum for an enumeration; NTScalarArray where
/// there can be more than one element, but a string where characters are text; a structure as it is.
[[nodiscard]] TypeRef normative_type(const Meta& meta);
/// An array of characters that is a string to pvAccess.
[[nodiscard]] bool shows_text(const Meta& meta);

/// The parts of a sample and its Meta in that type, marked: value, alarm and time stamp; with `property` all that
/// comes from the Meta as well. A sample that is a structure by itself gives that.
enum class Parts : std::uint8_t { changing, property, all };
[[nodiscard]] Structure to_structure(const TypeRef& type, const Sample& sample, const Meta& meta, Parts parts);

/// The value that a put of such a structure means: of the marked `value`, or `value.index` of an enumeration. No value
/// where neither is marked: nothing is to be written. Text for what shows text is an array of characters with its NUL.
[[nodiscard]] Value written_value(const Structure& put, const Meta& meta);

/// alarm.status of a record's STAT (QSRV 2).
[[nodiscard]] std::int32_t normative_status(AlarmStatus status);
/// alarm.message: the record's own, else the name of its STAT; empty where there is no alarm.
[[nodiscard]] std::string_view normative_message(const Sample& sample);

/// The members of a sample's timeStamp.
struct NormativeTime {
    std::int64_t seconds = 0; ///< since 1970
    std::int32_t nanoseconds = 0;
    std::int32_t user_tag = 0;
};
/// Where Meta::time_tag_bits says so, the user tag comes from the nanoseconds.
[[nodiscard]] NormativeTime normative_time(const Sample& sample, const Meta& meta);

} // namespace iochron::pv
