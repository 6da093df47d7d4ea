#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::wire {

/// For tests: the bytes of hex digits, in which blanks and what follows a # in a line mean nothing.
inline std::vector<std::byte> from_hex(std::string_view text)
{
    std::vector<std::byte> bytes;
    bool comment = false;
    int high = -1;
    for (const char c : text) {
        comment = c == '#' || (comment && c != '\n');
        const std::size_t digit = std::string_view("0123456789abcdef").find(c);
        if (comment || digit == std::string_view::npos) {
            continue;
        }
        if (high < 0) {
            high = static_cast<int>(digit);
        } else {
            bytes.push_back(static_cast<std::byte>(high * 16 + static_cast<int>(digit)));
            high = -1;
        }
    }
    return bytes;
}

/// "0012 0008 ...": in groups of two bytes.
inline std::string to_hex(std::span<const std::byte> bytes)
{
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto value = std::to_integer<unsigned>(bytes[i]);
        text += i > 0 && i % 2 == 0 ? " " : "";
        text += {digits[value / 16], digits[value % 16]};
    }
    return text;
}

/// The same bytes, written as from_hex() reads them.
inline std::string same(std::string_view text)
{
    return to_hex(from_hex(text));
}

} // namespace iochron::wire
