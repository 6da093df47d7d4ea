#include "db/load/lexer.h"

#include <fmt/format.h>

#include <array>

namespace iochron::db::load {
namespace {

using Kind = Token::Kind;

/// The bytes of which bare words are made.
constexpr std::array<bool, 256> word_bytes = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+:.[]<>;")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

Kind punctuation(char c)
{
    switch (c) {
    case '(':
        return Kind::open_parenthesis;
    case ')':
        return Kind::close_parenthesis;
    case '{':
        return Kind::open_brace;
    case '}':
        return Kind::close_brace;
    case ',':
        return Kind::comma;
    default:
        return Kind::end;
    }
}

[[noreturn]] void refuse(char c, const Mark& mark)
{
    if (c == '\'') {
        throw problem_at(mark, "names are not written in single quotes; write \"name\"");
    }
    if (c == '%') {
        throw problem_at(mark, "C code belongs to .dbd files, which are built in; take the line out");
    }
    const auto byte = static_cast<unsigned char>(c);
    throw problem_at(mark, byte < 0x20 || byte >= 0x7f
                               ? fmt::format("the byte 0x{:02x} cannot stand here; write names with it in "
                                             "double quotes",
                                             byte)
                               : fmt::format("'{}' cannot stand here; write names with it in double quotes", c));
}

} // namespace

// hot: allocations 0
Token Lexer::next()
{
    if (!input_.skip_space()) {
        return {Kind::end, {{}, input_.mark()}};
    }
    const char* const begin = input_.at();
    const char* at = begin;
    while (at != input_.end() && word_bytes[static_cast<unsigned char>(*at)]) {
        ++at;
    }
    Kind kind = Kind::word;
    if (at == begin) {
        if (*at == '"') {
            return quoted();
        }
        kind = punctuation(*at++);
        if (kind == Kind::end) {
            refuse(*begin, input_.mark());
        }
    }
    const Token token{kind, {{begin, at}, input_.mark(begin)}};
    input_.take_to(at);
    return token;
}

Token Lexer::quoted()
{
    const char* const begin = input_.at() + 1;
    const char* const end = input_.end();
    const char* at = begin;
    while (at != end && *at != '"' && *at != '\n') {
        at += *at == '\\' && at + 1 != end && at[1] != '\n' ? 2 : 1;
    }
    if (at == end || *at != '"') {
        throw problem_at(input_.mark(), "the string is not closed; '\"' was expected before the end of the "
                                        "line");
    }
    const Token token{Kind::quoted, {{begin, at}, input_.mark()}};
    input_.take_to(at + 1);
    return token;
}

} // namespace iochron::db::load
