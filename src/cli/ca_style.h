#pragma once

#include "base/endpoint.h"
#include "pv/sample.h"
#include "pv/value.h"
#include "wire/ca/dbr.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace iochron::cli {

/// How caget and its kin write values: what their -0, -l, -e, -f, -g, -n, -S and -F ask for. The forms are those of
/// EPICS Base's tools.
struct CaStyle {
    enum class Integer : unsigned char { decimal, binary, octal, hexadecimal };

    Integer integers = Integer::decimal; ///< -0x, -0o, -0b
    Integer rounded = Integer::decimal;  ///< -lx, -lo, -lb: floats are rounded and written so
    char float_form = 'g';               ///< -e, -f, -g
    int digits = -1;                     ///< of it; -1: the form's default
    bool enums_as_numbers = false;       ///< -n
    bool chars_as_text = false;          ///< -S
    char separator = ' ';                ///< -F
};

/// Element i of a value. With a Meta that has choices, an enumeration is written as its choice.
[[nodiscard]] std::string element_text(const pv::Value& value, std::size_t i, const CaStyle& style,
                                       const pv::Meta* meta = nullptr);
/// All of it: "3 1 2 3" for an array (the count first, also where `counted`), one element otherwise.
[[nodiscard]] std::string value_text(const pv::Value& value, const CaStyle& style, bool counted);
/// The other way round: what caput's user means by \n, \t, \0 and \x41.
[[nodiscard]] std::string unescaped(std::string_view text);
/// The elements alone, between separators.
[[nodiscard]] std::string elements_text(const pv::Value& value, const CaStyle& style, const pv::Meta* meta = nullptr);
/// The name, padded to 30 characters for a scalar, with the separator behind it.
[[nodiscard]] std::string name_text(const std::string& name, std::size_t count, const CaStyle& style);
/// Local time to the microsecond: "2026-11-24 07:30:00.123456".
[[nodiscard]] std::string stamp_text(base::Stamp stamp);
/// "separator STATUS separator SEVERITY", or two separators where there is no alarm.
[[nodiscard]] std::string alarm_text(const pv::Alarm& alarm, const CaStyle& style);
/// What -d prints beside the value of a type with alarm, time, units, limits or choices: lines with a title each.
[[nodiscard]] std::string extra_text(const pv::Sample& sample, wire::ca::Dbr type);

/// "localhost:5064", or numbers: names of other hosts are not looked up.
[[nodiscard]] std::string host_text(const base::Endpoint& server);

} // namespace iochron::cli
