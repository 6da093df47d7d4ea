#pragma once

#include <cstdint>
#include <span>

namespace iochron::calc {

/// What one instruction does to the stack of values.
enum class Op : std::uint8_t {
    end,              ///< the value on top is the result
    literal,          ///< push the literal
    fetch,            ///< push an argument
    store,            ///< pop into an argument
    last_value,       ///< push the result of the evaluation before (VAL)
    random,           ///< push a random number
    negate,           //
    add,              // of two values, the upper one is the right operand
    subtract,         //
    multiply,         //
    divide,           //
    add_literal,      // the right operand is in the instruction
    multiply_literal, //
    add_fetch,        // the right operand is an argument
    subtract_fetch,   //
    multiply_fetch,   //
    jump_unless,      ///< pop; go to the target if it was 0
    jump,             ///< go to the target
    unary,            ///< a function of one value
    binary,           ///< a function of two values
    variadic,         ///< a function of the upper `count` values
    join,             ///< the end of a conditional: where its jump goes. In postfix form only, never in a Program
};

/// One step of a program, which lies in one array with the others.
struct Instruction {
    Op op = Op::end;
    std::uint8_t count = 0;   ///< which argument (0 is A), or how many values
    std::uint16_t target = 0; ///< of a jump: the index of the instruction to go on with
    union {
        double literal = 0;
        double (*unary)(double);
        double (*binary)(double, double);
        double (*variadic)(std::span<const double>);
    };
};

/// How many values the instruction takes off the stack, and how many it puts there. Not for fused instructions.
[[nodiscard]] constexpr int values_taken(const Instruction& instruction)
{
    switch (instruction.op) {
    case Op::store:
    case Op::negate:
    case Op::jump_unless:
    case Op::unary:
        return 1;
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::binary:
        return 2;
    case Op::variadic:
        return instruction.count;
    default:
        return 0;
    }
}

[[nodiscard]] constexpr int values_given(const Instruction& instruction)
{
    switch (instruction.op) {
    case Op::store:
    case Op::jump_unless:
    case Op::jump:
    case Op::join:
    case Op::end:
        return 0;
    default:
        return 1;
    }
}

} // namespace iochron::calc
