#pragma once

#include "base/time.h"
#include "pv/structure.h"

#include <string>

namespace iochron::pv {

/// How the tools of EPICS 7 (pvget and its kin) show a structure.
enum class PrintForm : std::uint8_t {
    normative, ///< -M nt: time, value and alarm in a line, a table in columns; where neither fits, as raw
    raw,       ///< -M raw: a line for each field, those inside further right
};

struct PrintStyle {
    PrintForm form = PrintForm::normative;
    bool marked_only = false;     ///< raw: leave out what is not marked
    const BitSet* bold = nullptr; ///< raw: the lines of these fields are bold on a terminal
    /// Local time to the millisecond: "2026-11-24 07:30:00.123". Who prints knows the time zone.
    std::string (*time_text)(base::Stamp) = nullptr;
};

/// The text with its last newline. What stands before it in a line (the name of the PV) is the caller's.
[[nodiscard]] std::string to_text(const Structure& structure, const PrintStyle& style);

/// A type as pvinfo shows it, a line for each field, with its last newline. 4 blanks a level before all.
[[nodiscard]] std::string type_text(const Type& type, std::size_t level = 0);

/// A number, text or array in that style: numbers with 6 digits, "[1,2,3]", texts in quotes where they hold blanks,
/// quotes or what cannot be printed.
[[nodiscard]] std::string plain_text(const Value& value);

/// The structure as one line of JSON, as pvget -M json writes it: a union or `any` is what it holds, null where it
/// holds nothing. Numbers that JSON has not are written NaN, Infinity and -Infinity, which most readers take.
[[nodiscard]] std::string to_json(const Structure& structure, bool marked_only = false);
[[nodiscard]] std::string to_json(const Value& value);

} // namespace iochron::pv
