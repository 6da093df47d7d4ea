#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace iochron::base {

/// A number that a user wrote, and nothing else: nothing where the text is none, or none of this type. Blanks around it
/// and a plus sign before it are taken, as strtol and strtod take them, and so all of EPICS.
template <class Number>
[[nodiscard]] std::optional<Number> read_number(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    text = text.substr(0, text.find_last_not_of(blanks) + 1);
    text.remove_prefix(text.starts_with('+') ? 1 : 0);
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [at, wrong] = std::from_chars(text.data(), end, number);
    return wrong == std::errc{} && at == end ? std::optional(number) : std::nullopt;
}

} // namespace iochron::base
