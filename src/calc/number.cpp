#include "calc/number.h"

#include "calc/vocabulary.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

namespace iochron::calc {

namespace {

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool is_word(char c)
{
    return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'Z') || c == '_';
}

/// "0x" without a digit is 0, and goes on behind the 0: 0XOR1 is 0 XOR 1.
Number read_hexadecimal(std::string_view text)
{
    std::uint64_t value = 0;
    const char* const digits = text.data() + 2;
    const auto [end, error] = std::from_chars(digits, text.data() + text.size(), value, 16);
    if (error == std::errc::invalid_argument) {
        return {0.0, 1};
    }
    // Base takes 64-bit digits, and refuses what is neither a 32-bit number nor a negative one.
    const bool fits = value <= 0xFFFF'FFFF || value > 0xFFFF'FFFF'0000'0000;
    const auto size = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || !fits) {
        return {std::nullopt, size};
    }
    return {static_cast<std::int32_t>(static_cast<std::uint32_t>(value)), size};
}

Number read_not_a_number(std::string_view text)
{
    std::size_t end = 3;
    if (end < text.size() && text[end] == '(') {
        do {
            ++end;
        } while (end < text.size() && is_word(text[end]));
        end = end < text.size() && text[end] == ')' ? end + 1 : 3;
    }
    return {std::numeric_limits<double>::quiet_NaN(), end};
}

Number read_decimal(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::invalid_argument) {
        return {std::nullopt, 1};
    }
    const auto size = static_cast<std::size_t>(end - text.data());
    const std::string_view digits = text.substr(0, size);
    const std::string_view mantissa = digits.substr(0, digits.find_first_of("eE"));
    const bool zero = mantissa.find_first_of("123456789") == std::string_view::npos;
    if (!zero && (error != std::errc{} || !std::isnormal(value))) {
        return {std::nullopt, size};
    }
    return {zero ? 0.0 : value, size};
}

} // namespace

std::optional<Number> read_number(std::string_view text)
{
    if (starts_with(text, "0X")) {
        return read_hexadecimal(text);
    }
    if (starts_with(text, "NAN")) {
        return read_not_a_number(text);
    }
    if (starts_with(text, "INF")) {
        return Number{std::numeric_limits<double>::infinity(), starts_with(text, "INFINITY") ? 8u : 3u};
    }
    if (!text.empty() && (is_digit(text[0]) || text[0] == '.')) {
        return read_decimal(text);
    }
    return std::nullopt;
}

} // namespace iochron::calc
