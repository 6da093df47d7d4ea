#include "calc/program.h"

#include "calc/balance.h"
#include "calc/parser.h"

#include <fmt/format.h>

#include <bit>
#include <string>

namespace iochron::calc {

namespace {

/// Makes the code of checked steps: joins vanish, jumps get the indices of instructions, and an operator whose right
/// operand is a number or an argument is fused with it. Fused or not, the result is the same to the last bit.
class Assembler {
  public:
    explicit Assembler(std::span<const Step> steps) : steps_(steps) {}

    std::vector<Instruction> assemble()
    {
        index_of_.reserve(steps_.size() + 1);
        code_.reserve(steps_.size() + 1);
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            index_of_.push_back(static_cast<std::uint16_t>(code_.size()));
            const Instruction& instruction = steps_[i].instruction;
            if (instruction.op != Op::join && !(may_fuse(i) && fuse(instruction))) {
                code_.push_back(instruction);
            }
        }
        index_of_.push_back(static_cast<std::uint16_t>(code_.size()));
        code_.push_back({.op = Op::end, .literal = 0});
        for (Instruction& instruction : code_) {
            if (instruction.op == Op::jump || instruction.op == Op::jump_unless) {
                instruction.target = index_of_[instruction.target];
            }
        }
        return std::move(code_);
    }

  private:
    /// Whether the instruction emitted last always runs just before step i: no jump arrives between the two.
    [[nodiscard]] bool may_fuse(std::size_t i) const
    {
        return i > 0 && steps_[i - 1].instruction.op != Op::join && steps_[i - 1].instruction.op != Op::jump;
    }

    [[nodiscard]] bool fuse(const Instruction& instruction)
    {
        Instruction& last = code_.back();
        if (last.op == Op::literal) {
            return fuse_literal(last, instruction.op);
        }
        return last.op == Op::fetch && fuse_fetch(last, instruction.op);
    }

    [[nodiscard]] static bool fuse_literal(Instruction& last, Op op)
    {
        switch (op) {
        case Op::negate:
            last.literal = -last.literal;
            return true;
        case Op::add:
            last.op = Op::add_literal;
            return true;
        case Op::subtract: // a - b is a + (-b), also for zeros and infinities
            last.op = Op::add_literal;
            last.literal = -last.literal;
            return true;
        case Op::multiply:
            last.op = Op::multiply_literal;
            return true;
        default:
            return false;
        }
    }

    [[nodiscard]] static bool fuse_fetch(Instruction& last, Op op)
    {
        switch (op) {
        case Op::add:
            last.op = Op::add_fetch;
            return true;
        case Op::subtract:
            last.op = Op::subtract_fetch;
            return true;
        case Op::multiply:
            last.op = Op::multiply_fetch;
            return true;
        default:
            return false;
        }
    }

    std::span<const Step> steps_;
    std::vector<Instruction> code_;
    std::vector<std::uint16_t> index_of_; ///< of each step
};

std::unexpected<CompileError> refuse(Reason reason, std::size_t column, std::string what, std::string remedy)
{
    return std::unexpected(CompileError{reason, column, std::move(what), std::move(remedy)});
}

} // namespace

std::expected<Program, CompileError> Program::compile(std::string_view expression)
{
    if (expression.empty()) {
        return refuse(Reason::empty, 0, "the expression is empty", "write one, if only 0");
    }
    if (expression.size() > max_expression_bytes) {
        return refuse(Reason::too_long, max_expression_bytes,
                      fmt::format("the expression has {} bytes", expression.size()),
                      fmt::format("at most {} are taken; split it", max_expression_bytes));
    }
    Parser parser(expression);
    if (!parser.parse()) {
        return std::unexpected(std::move(parser.error()));
    }
    std::vector<Step>& steps = parser.steps();
    resolve_jumps(steps);
    if (const auto balanced = check_balance(steps); !balanced) {
        return std::unexpected(balanced.error());
    }
    std::uint32_t used = 0;
    std::uint32_t stored = 0;
    for (const Step& step : steps) {
        const std::uint32_t bit = std::uint32_t{1} << (step.instruction.count & 31u);
        if (step.instruction.op == Op::fetch) {
            used |= bit & ~stored;
        } else if (step.instruction.op == Op::store) {
            stored |= bit;
        }
    }
    return Program(Assembler(steps).assemble(), used, stored);
}

std::size_t Program::args_size() const
{
    return static_cast<std::size_t>(std::bit_width(used_args_ | stored_args_));
}

} // namespace iochron::calc
