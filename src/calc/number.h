#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace iochron::calc {

/// A number at the start of a text, and how many bytes it takes; no value where the bytes make no number that can be
/// held.
struct Number {
    std::optional<double> value;
    std::size_t size;
};

/// Reads the number that `text` starts with, or nothing where it starts with none. Decimal with an optional exponent,
/// INF, INFINITY, NAN, NAN(letters), and hexadecimal integers of 32 bits, which are signed: 0xFFFFFFFF is -1. There is
/// no octal (010 is 10) and no sign. Refused as in Base: overflow, underflow, subnormal numbers.
[[nodiscard]] std::optional<Number> read_number(std::string_view text);

} // namespace iochron::calc
