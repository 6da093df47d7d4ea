#pragma once

#include "cli/ca_options.h"
#include "cli/ca_session.h"

namespace iochron::cli {

/// How a read value is printed: "name value", the value alone, or with time and alarm.
enum class CaForm : unsigned char { plain, terse, wide, typed };

/// The form in which a channel is read when the user names none: its own with time stamp; an enumeration as text, or
/// as a number; floats as text where the server's own precision is wanted.
[[nodiscard]] wire::ca::Dbr read_type(wire::ca::Dbr native, const CaStyle& style, bool floats_as_text);

/// One line for a PV that was asked for. `counted`: elements were asked for by number.
[[nodiscard]] std::string line_of(const CaPv& pv, CaForm form, const CaStyle& style, bool counted);

/// The line of camonitor, and of caget -a: name, time stamp, value, alarm.
[[nodiscard]] std::string wide_line(const CaPv& pv, const std::string& time, const CaStyle& style, bool counted);

} // namespace iochron::cli
