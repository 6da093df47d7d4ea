#pragma once

#include "pv/meta.h"
#include "pv/status.h"
#include "pv/value.h"

#include <cmath>
#include <concepts>
#include <cstdint>
#include <expected>
#include <limits>
#include <string_view>
#include <type_traits>

namespace iochron::pv {

// hot: a compare and a convert.
/// One number as another type, as EPICS' database on x86-64 casts them: integers are cut to the low bits; a double goes
/// to the nearest float, held within the float's range (but infinities stay); a float that has no integer gives the
/// bits of that integer conversion of the processor, which are 0x80...0 of 32 bits, or of 64 for uint32 and 64-bit
/// integers, cut to the type: -2147483648 for int32, 0 for shorter ones and uint32. A boolean is "not zero".
template <class To, class From>
[[nodiscard]] constexpr To number_cast(From from)
{
    if constexpr (std::same_as<To, From>) {
        return from;
    } else if constexpr (std::same_as<To, bool>) {
        return from != From{};
    } else if constexpr (std::floating_point<From> && std::integral<To>) {
        const auto value = static_cast<double>(from);
        constexpr double top32 = 2147483648.0;
        constexpr double top64 = 9223372036854775808.0;
        if constexpr (sizeof(To) < 4 || std::same_as<To, std::int32_t>) {
            constexpr auto none = std::numeric_limits<std::int32_t>::min();
            return static_cast<To>(value > -top32 - 1 && value < top32 ? static_cast<std::int32_t>(value) : none);
        } else {
            if (std::same_as<To, std::uint64_t> && value >= top64 && value < 2 * top64) {
                return static_cast<To>(value);
            }
            constexpr auto none = std::numeric_limits<std::int64_t>::min();
            const bool too_large_for_unsigned = std::same_as<To, std::uint64_t> && value >= 2 * top64;
            return too_large_for_unsigned
                       ? To{0}
                       : static_cast<To>(value >= -top64 && value < top64 ? static_cast<std::int64_t>(value) : none);
        }
    } else if constexpr (std::same_as<To, float> && std::same_as<From, double>) {
        using Float = std::numeric_limits<float>;
        if (from == 0 || !std::isfinite(from)) {
            return static_cast<float>(from);
        }
        const double magnitude = std::fabs(from);
        const double held = magnitude >= Float::max()   ? Float::max()
                            : magnitude <= Float::min() ? Float::min()
                                                        : magnitude;
        return static_cast<float>(std::copysign(held, from));
    } else {
        return static_cast<To>(from);
    }
}

/// The value with elements of another type: a scalar gives a scalar, an array an array, the same type itself (nothing
/// is copied). As EPICS' database does for CA (dbConvert):
/// - number to text: with the precision of `meta`, 6 where there is none (see format());
/// - text to number: see parse_double() and parse_integer(), with the base taken from the text ("010" is 8, as in base
///   7.0.10); what follows the number is ignored, an empty text is 0;
/// - enumeration to text: the choice of `meta`, beyond them what its NoChoice says, the index without a Meta;
/// - text to enumeration: see choice_index();
/// - an array of characters is an array of numbers here: see text_of_characters() for the other view.
/// Refused with no_conversion: structures, no value, text that makes no such number.
[[nodiscard]] std::expected<Value, Status> convert(const Value& from, ScalarType to, const Meta* meta);

/// The same, but of an array only its first element, as a scalar; an empty array is bad_count.
[[nodiscard]] std::expected<Value, Status> convert_to_scalar(const Value& from, ScalarType to, const Meta* meta);

/// Element 0 as a number, for links and limits. Text is parsed as above.
[[nodiscard]] std::expected<double, Status> to_double(const Value& from);

/// Element i as text, as convert() gives it.
[[nodiscard]] std::string element_text(const Value& from, std::size_t i, const Meta* meta);

/// A long string as CA carries it: an array of 8-bit integers up to its first NUL, borrowed.
[[nodiscard]] std::string_view text_of_characters(const Value& characters);
/// The text with its NUL as an array of int8.
[[nodiscard]] Value characters_of_text(std::string_view text);

} // namespace iochron::pv
