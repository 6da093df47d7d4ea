#pragma once

#include "calc/compile_error.h"
#include "calc/instruction.h"
#include "calc/random.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace iochron::calc {

/// The arguments of an expression: A to U, since Base 7.0.10 (A to L before).
inline constexpr std::size_t max_args = 21;
/// An expression may need that many values at once (CALCPERFORM_STACK less the one that Base never fills).
inline constexpr std::size_t max_depth = 79;
/// The longest expression in bytes. Base's CALC fields hold 159.
inline constexpr std::size_t max_expression_bytes = 4096;

/// A compiled expression of the calc language of EPICS Base 7.0.10 (the comments of its postfix.h are the language's
/// reference): the same grammar, precedence, functions, integer rules and errors. It can be shared by any number of
/// records. Where Base compiles what cannot run (a conditional whose branches leave different numbers of values, as
/// "1+(A?2):3", or a function that lacks arguments), compile() refuses, so evaluate() always succeeds.
/// Thread: fixed
class Program {
  public:
    [[nodiscard]] static std::expected<Program, CompileError> compile(std::string_view expression);

    // hot: no allocation, no system call; about a nanosecond an operator, and what the functions of libm take.
    /// The value of the expression. `args` are A, B...: at least args_size() of them; assignments (:=) write there.
    /// `value` is what VAL stands for.
    [[nodiscard]] double evaluate(std::span<double> args, double value, Random& random) const;

    /// The arguments whose values the expression needs (bit 0 is A), without those that it assigns to first.
    [[nodiscard]] std::uint32_t used_args() const { return used_args_; }
    /// The arguments that the expression assigns to.
    [[nodiscard]] std::uint32_t stored_args() const { return stored_args_; }
    /// How many arguments evaluate() needs to be given: up to the highest letter in the expression.
    [[nodiscard]] std::size_t args_size() const;

  private:
    Program(std::vector<Instruction> code, std::uint32_t used, std::uint32_t stored)
        : code_(std::move(code)), used_args_(used), stored_args_(stored)
    {}

    std::vector<Instruction> code_;
    std::uint32_t used_args_;
    std::uint32_t stored_args_;
};

} // namespace iochron::calc
