#include "db/load/value_reader.h"

#include "db/load/escapes.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace iochron::db::load {
namespace {

constexpr std::array<bool, 256> word_bytes = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

std::size_t digits(std::string_view text)
{
    const std::size_t end = text.find_first_not_of("0123456789");
    return end == std::string_view::npos ? text.size() : end;
}

/// Whether a bare word is a number to JSON5. Leading zeros make it a word.
bool is_number(std::string_view text)
{
    if (text == "NaN") {
        return true;
    }
    text.remove_prefix(text.starts_with('+') || text.starts_with('-') ? 1 : 0);
    if (text.starts_with("0x") || text.starts_with("0X")) {
        return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
    }
    if (text == "Infinity") {
        return true;
    }
    const std::size_t whole = digits(text);
    if (whole > 1 && text[0] == '0') {
        return false;
    }
    text.remove_prefix(whole);
    std::size_t fraction = 0;
    if (text.starts_with('.')) {
        fraction = digits(text.substr(1));
        text.remove_prefix(1 + fraction);
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(text.size() > 1 && (text[1] == '+' || text[1] == '-') ? 2 : 1);
        return !text.empty() && digits(text) == text.size();
    }
    return text.empty();
}

bool is_literal(std::string_view text)
{
    return text == "null" || text == "true" || text == "false" || is_number(text);
}

[[noreturn]] void unexpected(const Mark& mark, std::string_view what, std::string_view found)
{
    throw problem_at(mark, found.empty() ? fmt::format("{} was expected, the file ends here", what)
                                         : fmt::format("{} was expected, found '{}'", what, found));
}

} // namespace

Value ValueReader::read()
{
    const Piece first = next();
    switch (first.kind) {
    case 's':
        if (first.escapes) {
            unescape(first);
            return {scratch_, first.mark};
        }
        return {first.text.substr(1, first.text.size() - 2), first.mark};
    case 'w':
        return {first.text, first.mark};
    case '[':
    case '{':
        scratch_.clear();
        marks_.clear();
        note(first);
        json(first, 1);
        return {scratch_, first.mark, true, marks_};
    default:
        unexpected(first.mark, "a value (a bare word, \"a string\" or JSON)", first.text);
    }
}

// hot: allocations 0
ValueReader::Piece ValueReader::next()
{
    if (!input_.skip_space()) {
        return {{}, input_.mark(), 0};
    }
    const char* const begin = input_.at();
    if (*begin == '"' || *begin == '\'') {
        return string_piece(*begin);
    }
    const char* at = begin;
    while (at != input_.end() && word_bytes[static_cast<unsigned char>(*at)]) {
        ++at;
    }
    const Mark mark = input_.mark();
    if (at != begin) {
        input_.take_to(at);
        return {{begin, at}, mark, 'w'};
    }
    if (!std::string_view(":,[]{}()").contains(*at)) {
        throw problem_at(mark, std::isprint(static_cast<unsigned char>(*at)) != 0
                                   ? fmt::format("'{}' cannot stand in a bare value; write the value in "
                                                 "double quotes",
                                                 *at)
                                   : fmt::format("the byte 0x{:02x} cannot stand in a bare value; write the "
                                                 "value in double quotes",
                                                 static_cast<unsigned char>(*at)));
    }
    input_.take_to(at + 1);
    return {{begin, at + 1}, mark, *begin};
}

ValueReader::Piece ValueReader::string_piece(char quote)
{
    const char* const begin = input_.at();
    const char* const end = input_.end();
    bool escapes = false;
    for (const char* at = begin + 1; at != end && *at != '\n'; ++at) {
        if (*at == quote) {
            const Piece piece{{begin, at + 1}, input_.mark(), 's', escapes};
            input_.take_to(at + 1);
            return piece;
        }
        if (static_cast<unsigned char>(*at) < 0x20) {
            throw problem_at(input_.mark(at),
                             *at == '\t' ? std::string("a tab cannot stand in a string; write \\t")
                                         : fmt::format("the byte 0x{0:02x} cannot stand in a string; write \\x{0:02x}",
                                                       static_cast<unsigned char>(*at)));
        }
        if (*at == '\\' && at + 1 != end && at[1] != '\n') {
            escapes = true;
            ++at;
        }
    }
    throw problem_at(input_.mark(),
                     fmt::format("the string is not closed; {} was expected before the end of the line", quote));
}

void ValueReader::unescape(const Piece& string)
{
    scratch_.clear();
    std::size_t bad = 0;
    const std::string_view text = string.text.substr(1, string.text.size() - 2);
    if (const char* const wrong = load::unescape(text, scratch_, bad)) {
        throw problem_at(input_.mark(text.data() + bad), wrong);
    }
}

void ValueReader::json(const Piece& first, std::size_t depth)
{
    if (first.kind == '[' || first.kind == '{') {
        container(first, depth);
    } else if (first.kind == 's' || (first.kind == 'w' && is_literal(first.text))) {
        scratch_ += first.text;
    } else if (first.kind == 'w') {
        scratch_.append("\"").append(first.text).append("\"");
    } else {
        unexpected(first.mark, "a JSON value", first.text);
    }
}

/// From an open bracket to the one that closes it. A comma before that stays in a list only: with it EPICS tells a
/// list of one from a name in brackets.
void ValueReader::container(const Piece& open, std::size_t depth)
{
    if (depth > limits_.json_depth) {
        throw problem_at(open.mark, fmt::format("JSON nests deeper than {}", limits_.json_depth));
    }
    const bool object = open.kind == '{';
    const char close = object ? '}' : ']';
    scratch_ += open.kind;
    for (Piece piece = next(); piece.kind != close; piece = next()) {
        note(piece);
        if (object) {
            key(piece);
            if (const Piece colon = next(); colon.kind != ':') {
                unexpected(colon.mark, "':' after a JSON key", colon.text);
            }
            scratch_ += ':';
            piece = next();
            note(piece);
        }
        json(piece, depth + 1);
        const Piece behind = next();
        if (behind.kind != ',' && behind.kind != close) {
            unexpected(behind.mark, fmt::format("',' or '{}'", close), behind.text);
        }
        if (behind.kind == close) {
            break;
        }
        scratch_ += ',';
    }
    if (object && scratch_.back() == ',') {
        scratch_.pop_back();
    }
    scratch_ += close;
}

void ValueReader::note(const Piece& piece)
{
    marks_.push_back({static_cast<std::uint32_t>(scratch_.size()), piece.mark.line, piece.mark.column});
}

void ValueReader::key(const Piece& piece)
{
    if (piece.kind == 's' || (piece.kind == 'w' && piece.text.find_first_of("+-.") == std::string_view::npos)) {
        scratch_ += piece.text;
    } else if (piece.kind == 'w') {
        scratch_.append("\"").append(piece.text).append("\"");
    } else {
        unexpected(piece.mark, "a JSON key or '}'", piece.text);
    }
}

} // namespace iochron::db::load
