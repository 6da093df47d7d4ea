#include "pv/convert_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace iochron::pv {

namespace {

bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view without_leading_blanks(std::string_view text)
{
    return text.substr(static_cast<std::size_t>(std::ranges::find_if_not(text, is_blank) - text.begin()));
}

std::unexpected<Status> refuse(std::string_view text, std::string_view why)
{
    return std::unexpected(Status{Outcome::no_conversion, fmt::format("\"{}\" {}", text, why)});
}

bool acceptable(std::string_view rest, Trailing trailing)
{
    return trailing == Trailing::allowed || without_leading_blanks(rest).empty();
}

/// Takes a sign off the text; true for minus.
bool take_sign(std::string_view& text)
{
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    return minus;
}

bool is_hexadecimal(std::string_view text)
{
    return text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
           std::string_view("0123456789abcdefABCDEF.").contains(text[2]);
}

int base_of(std::string_view text)
{
    return is_hexadecimal(text) ? 16 : text.starts_with('0') ? 8 : 10;
}

template <class F>
NumberText plainly(F value, int precision)
{
    constexpr std::array<std::int32_t, 9> powers = {1,       10,        100,        1000,       10'000,
                                                    100'000, 1'000'000, 10'000'000, 100'000'000};
    const std::int32_t unit = powers[static_cast<std::size_t>(precision)];
    const F magnitude = std::fabs(value);
    auto whole = static_cast<std::int32_t>(magnitude);
    // The digits behind the point and one more, cut, then rounded by that one: in the type of the value, as EPICS does.
    const F tenths = (magnitude - static_cast<F>(whole)) * static_cast<F>(unit) * 10;
    std::int32_t fraction = (static_cast<std::int32_t>(tenths) + 5) / 10;
    if (fraction >= unit) {
        ++whole;
        fraction -= unit;
    }
    NumberText text;
    char* end = text.characters.data();
    if (value < 0) {
        *end++ = '-';
    }
    end = fmt::format_to(end, "{}", whole);
    if (precision > 0) {
        end = fmt::format_to(end, ".{:0{}}", fraction, precision);
    }
    text.size = static_cast<std::uint8_t>(end - text.characters.data());
    return text;
}

template <class F>
struct Style {
    F plain_limit;
    F exponent_limit; ///< beyond it the exponent form
    bool includes_limit;
    int precision_max;
    int width_more;
};

template <class F>
NumberText format_as(F value, int given, const Style<F>& style)
{
    int precision = static_cast<std::uint16_t>(given);
    const F magnitude = std::fabs(value);
    if (precision <= 8 && magnitude <= style.plain_limit) {
        return plainly(value, precision);
    }
    NumberText text;
    char* end = text.characters.data();
    const bool large = magnitude > style.exponent_limit || (style.includes_limit && magnitude == style.exponent_limit);
    if (precision > 8 || large) {
        precision = std::min(precision, style.precision_max);
        end = fmt::format_to(end, "{:>{}.{}e}", static_cast<double>(value), precision + style.width_more, precision);
    } else {
        end = fmt::format_to(end, "{:.{}f}", static_cast<double>(value), std::min(precision, 3));
    }
    text.size = static_cast<std::uint8_t>(end - text.characters.data());
    return text;
}

template <class T>
NumberText format_integer(T value)
{
    NumberText text;
    const auto [end, error] =
        std::to_chars(text.characters.data(), text.characters.data() + text.characters.size(), value);
    text.size = static_cast<std::uint8_t>(end - text.characters.data());
    return text;
}

} // namespace

NumberText format(double value, int precision)
{
    return format_as<double>(value, precision, {1e7, 1e16, false, 17, 7});
}

NumberText format(float value, int precision)
{
    return format_as<float>(value, precision, {1e7f, 1e8f, true, 12, 6});
}

NumberText format(std::int64_t value)
{
    return format_integer(value);
}

NumberText format(std::uint64_t value)
{
    return format_integer(value);
}

std::expected<double, Status> parse_double(std::string_view text, Trailing trailing)
{
    std::string_view digits = without_leading_blanks(text);
    const bool minus = take_sign(digits);
    if (digits.starts_with('-')) { // which from_chars would take
        return refuse(text, "is no number");
    }
    const bool hexadecimal = is_hexadecimal(digits);
    digits.remove_prefix(hexadecimal ? 2 : 0);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                              hexadecimal ? std::chars_format::hex : std::chars_format::general);
    if (error == std::errc::result_out_of_range) {
        return refuse(text, "is out of the range of a double");
    }
    if (error != std::errc{}) {
        return refuse(text, "is no number");
    }
    if (!acceptable(digits.substr(static_cast<std::size_t>(end - digits.data())), trailing)) {
        return refuse(text, "has something behind the number");
    }
    return minus ? -value : value;
}

template <std::integral T>
std::expected<T, Status> parse_integer(std::string_view text, int base, Trailing trailing)
{
    std::string_view digits = without_leading_blanks(text);
    const bool minus = take_sign(digits);
    base = base == 0 ? base_of(digits) : base;
    digits.remove_prefix(base == 16 && is_hexadecimal(digits) ? 2 : 0);
    std::uint64_t magnitude = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
    if (error == std::errc::invalid_argument) {
        return refuse(text, "is no integer");
    }
    using Limits = std::numeric_limits<T>;
    const std::uint64_t most = static_cast<std::uint64_t>(Limits::max()) + (std::signed_integral<T> && minus ? 1 : 0);
    if (error != std::errc{} || magnitude > most) {
        return refuse(text, fmt::format("is not within {} to {}", Limits::min(), Limits::max()));
    }
    if (!acceptable(digits.substr(static_cast<std::size_t>(end - digits.data())), trailing)) {
        return refuse(text, "has something behind the integer");
    }
    return static_cast<T>(minus ? 0 - magnitude : magnitude);
}

template std::expected<std::int8_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::uint8_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::int16_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::uint16_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::int32_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::uint32_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::int64_t, Status> parse_integer(std::string_view, int, Trailing);
template std::expected<std::uint64_t, Status> parse_integer(std::string_view, int, Trailing);

std::expected<std::uint16_t, Status> choice_index(std::string_view text, std::span<const std::string> choices)
{
    if (const auto found = std::ranges::find(choices, text); found != choices.end()) {
        return static_cast<std::uint16_t>(found - choices.begin());
    }
    const auto number = parse_integer<std::uint16_t>(text, 0);
    if (number && (*number < choices.size() || choices.empty())) {
        return *number;
    }
    return refuse(text, choices.empty() ? std::string("is no index")
                                        : fmt::format("is none of the choices \"{}\"", fmt::join(choices, "\", \"")));
}

} // namespace iochron::pv
