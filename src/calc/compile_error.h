#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace iochron::calc {

/// What can be wrong with an expression; the kinds and their numbers are those of Base's postfix().
enum class Reason : unsigned char {
    too_many_results = 1,
    bad_literal = 2,
    bad_assignment = 3,
    bad_separator = 4,
    not_opened = 5,
    not_closed = 6,
    conditional = 7,
    incomplete = 8,
    underflow = 9,
    overflow = 10,
    syntax = 11,
    empty = 12,
    too_long = 14, ///< ours: Base has no bound
};

/// Why an expression makes no program: the user is wrong.
struct CompileError {
    Reason reason;
    std::size_t column; ///< where in the expression, counted from 0; its length where something is missing at the end
    std::string what;   ///< one clause: "unknown operand 'X'"
    std::string remedy; ///< what would mend it, one clause

    /// "unknown operand 'X' at column 3 of 'A+BX'; ...", columns counted from 1 as people do.
    [[nodiscard]] std::string text(std::string_view expression) const;
};

} // namespace iochron::calc
