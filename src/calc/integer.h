#pragma once

#include <cstdint>
#include <limits>

namespace iochron::calc {

/// The integer of a double as `%` and NINT take it: the fraction is cut off, and what is out of range (or NaN) is the
/// least integer, as Base does on x86-64.
[[nodiscard]] constexpr std::int32_t to_int32(double x)
{
    return x > -2147483649.0 && x < 2147483648.0 ? static_cast<std::int32_t>(x)
                                                 : std::numeric_limits<std::int32_t>::min();
}

/// The 32 bits of a double as the bitwise and shift operators take it. Numbers from 2^31 on keep their low 32 bits, so
/// that unsigned words pass through; below -2^31 there is only the least integer; NaN and from 2^63 on: 0. As Base does
/// on x86-64.
[[nodiscard]] constexpr std::uint32_t to_word(double x)
{
    if (x < 0) {
        return static_cast<std::uint32_t>(to_int32(x));
    }
    return x < 9223372036854775808.0 ? static_cast<std::uint32_t>(static_cast<std::uint64_t>(x)) : 0;
}

/// The same bits read as a signed number.
[[nodiscard]] constexpr std::int32_t to_signed_word(double x)
{
    return static_cast<std::int32_t>(to_word(x));
}

} // namespace iochron::calc
