#include "db/load/escapes.h"

#include <charconv>
#include <cstdint>

namespace iochron::db::load {
namespace {

/// The `digits` hexadecimal digits at `at`; false where there are fewer.
bool hexadecimal(std::string_view text, std::size_t at, std::size_t digits, std::uint32_t& value)
{
    if (text.size() - at < digits) {
        return false;
    }
    const char* const end = text.data() + at + digits;
    return std::from_chars(text.data() + at, end, value, 16).ptr == end;
}

void append_utf8(std::uint32_t code, std::string& out)
{
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

/// The \u at `at` (the byte after the u), with the second half of a surrogate pair where it is one.
const char* unicode(std::string_view text, std::size_t& at, std::string& out)
{
    std::uint32_t code = 0;
    if (!hexadecimal(text, at, 4, code)) {
        return "\\u needs four hexadecimal digits, as in \\u00b5";
    }
    at += 4;
    if (code >= 0xd800 && code < 0xe000) {
        std::uint32_t low = 0;
        if (code >= 0xdc00 || !text.substr(at).starts_with("\\u") || !hexadecimal(text, at + 2, 4, low) ||
            low < 0xdc00 || low >= 0xe000) {
            return "this \\u is half of a surrogate pair; write both halves, or the character itself";
        }
        at += 6;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(code, out);
    return nullptr;
}

char meaning(char escape)
{
    constexpr std::string_view letters = "abfnrtv";
    const std::size_t at = letters.find(escape);
    return at == std::string_view::npos ? escape : "\a\b\f\n\r\t\v"[at];
}

} // namespace

const char* unescape(std::string_view text, std::string& out, std::size_t& bad)
{
    for (std::size_t at = 0; at < text.size();) {
        bad = at;
        if (text[at] != '\\' || at + 1 == text.size()) {
            out += text[at++];
            continue;
        }
        const char escape = text[at + 1];
        at += 2;
        std::uint32_t byte = 0;
        if (escape == 'u') {
            if (const char* const wrong = unicode(text, at, out)) {
                return wrong;
            }
        } else if (escape == 'x') {
            if (!hexadecimal(text, at, 2, byte) || byte == 0) {
                return "\\x needs two hexadecimal digits that are not both 0, as in \\x7f";
            }
            out += static_cast<char>(byte);
            at += 2;
        } else if (escape >= '0' && escape <= '9') {
            return "a backslash before a digit means nothing here; write \\\\ for a backslash, \\xHH for a byte";
        } else {
            out += meaning(escape);
        }
    }
    return nullptr;
}

} // namespace iochron::db::load
