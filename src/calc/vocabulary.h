#pragma once

#include "calc/instruction.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace iochron::calc {

/// The part that a word plays in an expression.
enum class Kind : std::uint8_t {
    value,     ///< a constant, VAL or RNDM
    prefix,    ///< stands before its operand: a sign, or a function of a fixed number of values
    variadic,  ///< a function of any number of values
    open,      //
    binary,    //
    close,     //
    comma,     //
    condition, ///< ?
    otherwise, ///< :
    assign,    //
    separator, ///< ;
};

/// How tightly operators bind, loosest first, as in Base: && binds like &, shifts bind like &, and || binds like |.
/// Operators of one level go from left to right.
enum class Level : std::uint8_t { none, or_, and_, compare, sum, product, power, prefix };

struct Word {
    std::string_view name; ///< in capitals
    Kind kind;
    Level level = Level::none;
    Instruction instruction{};
};

/// The longest word that `text` starts with, case ignored, where an operand (or a prefix of one) is wanted. Numbers
/// and the letters A to U are not among these.
[[nodiscard]] const Word* find_operand(std::string_view text);
/// The same where an operator is wanted.
[[nodiscard]] const Word* find_operator(std::string_view text);

/// The operand that was meant by a word that is none, or an empty text where none is near.
[[nodiscard]] std::string_view similar_operand(std::string_view word);

[[nodiscard]] constexpr char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Whether `text` starts with `name` (in capitals), case ignored.
[[nodiscard]] constexpr bool starts_with(std::string_view text, std::string_view name)
{
    if (text.size() < name.size()) {
        return false;
    }
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (upper(text[i]) != name[i]) {
            return false;
        }
    }
    return true;
}

} // namespace iochron::calc
