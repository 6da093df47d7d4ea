#pragma once

#include "pv/status.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace iochron::pv {

/// The text of a number, without allocation: at most 31 characters.
struct NumberText {
    std::array<char, 32> characters;
    std::uint8_t size = 0;

    [[nodiscard]] std::string_view view() const { return {characters.data(), size}; }
};

/// As the database of EPICS writes a double (cvtDoubleToString): up to 8 digits behind the point and magnitudes up to
/// 1e7 plainly, rounded from the tenth of the last digit; above that at most 3 digits; above 1e16, and for a precision
/// beyond 8, in the form d.ddde+xx, right-aligned in precision + 7 characters. A negative precision counts as a large
/// one. The locale has no part in it.
[[nodiscard]] NumberText format(double value, int precision);
/// The same for a float (cvtFloatToString), whose plain form ends at 1e8; beyond, aligned in precision + 6.
[[nodiscard]] NumberText format(float value, int precision);
[[nodiscard]] NumberText format(std::int64_t value);
[[nodiscard]] NumberText format(std::uint64_t value);

/// What may follow a number in its text, blanks aside. The database's conversions allow anything ("1.5 mm"); menus
/// and most other texts of EPICS do not.
enum class Trailing : std::uint8_t { refused, allowed };

/// As epicsParseDouble: blanks ahead, a sign, decimal or hexadecimal ("0x1f", "0x1p-3"), "inf", "nan". A number too
/// large or too small for a double is no_conversion; so is no number at all. Subnormal numbers are accepted (EPICS on
/// Linux refuses them).
[[nodiscard]] std::expected<double, Status> parse_double(std::string_view text, Trailing trailing = Trailing::refused);

/// As epicsParseInt8 to epicsParseUInt64. Base 0 takes it from the text (0x hexadecimal, 0 octal). Out of range is
/// no_conversion, but for unsigned types "-1" is the largest value, and so on down, as strtoul has it.
template <std::integral T>
[[nodiscard]] std::expected<T, Status> parse_integer(std::string_view text, int base = 10,
                                                     Trailing trailing = Trailing::refused);

/// The index of an enumeration that a text means: the choice of that text, else its number, if there are so many.
/// (For VAL of mbbo EPICS takes "1x" for 1; here it is refused, as EPICS does for bo and for menus.)
[[nodiscard]] std::expected<std::uint16_t, Status> choice_index(std::string_view text,
                                                                std::span<const std::string> choices);

} // namespace iochron::pv
