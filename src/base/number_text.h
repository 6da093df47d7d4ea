#pragma once

#include <algorithm>
#include <string_view>

namespace iochron::base {

/// What std::from_chars is to read of a number that a user wrote: without blanks around it and without a plus sign
/// before it, both of which strtol and strtod take, and so all of EPICS.
[[nodiscard]] constexpr std::string_view number_text(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    text = text.substr(0, text.find_last_not_of(blanks) + 1);
    text.remove_prefix(text.starts_with('+') ? 1 : 0);
    return text;
}

} // namespace iochron::base
