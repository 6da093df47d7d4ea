#include "calc/balance.h"

#include "calc/program.h"

#include <optional>
#include <vector>

namespace iochron::calc {

namespace {

/// The index behind the first `closing` step at or after `from` that closes nothing opened by a condition on the way.
/// The parser has seen to it that there is one.
std::size_t behind_match(std::span<const Step> steps, std::size_t from, Op closing)
{
    int open = 1;
    std::size_t i = from;
    for (; open > 0 && i < steps.size(); ++i) {
        if (steps[i].instruction.op == closing) {
            --open;
        } else if (steps[i].instruction.op == Op::jump_unless) {
            ++open;
        }
    }
    return i;
}

std::unexpected<CompileError> unequal_branches(std::size_t column)
{
    return std::unexpected(CompileError{Reason::incomplete, column, "the two branches give different numbers of values",
                                        "put condition ? value : value in parentheses as a whole"});
}

std::unexpected<CompileError> too_few(std::size_t column)
{
    return std::unexpected(
        CompileError{Reason::underflow, column, "too few arguments", "give it all its arguments in parentheses"});
}

} // namespace

void resolve_jumps(std::span<Step> steps)
{
    for (std::size_t i = 0; i < steps.size(); ++i) {
        Instruction& instruction = steps[i].instruction;
        if (instruction.op == Op::jump_unless) {
            instruction.target = static_cast<std::uint16_t>(behind_match(steps, i + 1, Op::jump));
        } else if (instruction.op == Op::jump) {
            instruction.target = static_cast<std::uint16_t>(behind_match(steps, i + 1, Op::join));
        }
    }
}

std::expected<void, CompileError> check_balance(std::span<const Step> steps)
{
    std::vector<std::optional<int>> depth_at(steps.size() + 1); // known from jumps, which only go forward
    std::optional<int> depth = 0;                               // nothing: not reached from the step before
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& [instruction, column] = steps[i];
        if (depth && depth_at[i] && *depth != *depth_at[i]) {
            return unequal_branches(steps[i - 1].column); // of the join, which is that of its ':'
        }
        const int before = depth ? *depth : depth_at[i].value_or(0);
        if (before < values_taken(instruction)) {
            return too_few(column);
        }
        depth = before - values_taken(instruction) + values_given(instruction);
        if (*depth > static_cast<int>(max_depth)) {
            return std::unexpected(CompileError{Reason::overflow, column, "too many values wait at once",
                                                "split the expression with assignments, as in B:=A*2; B+1"});
        }
        if (instruction.op == Op::jump_unless || instruction.op == Op::jump) {
            std::optional<int>& there = depth_at[instruction.target];
            if (there && *there != *depth) {
                return unequal_branches(column);
            }
            there = depth;
        }
        if (instruction.op == Op::jump) {
            depth.reset();
        }
    }
    const std::optional<int>& jumped = depth_at.back();
    if (depth.value_or(1) != 1 || jumped.value_or(1) != 1) {
        return unequal_branches(steps.back().column);
    }
    return {};
}

} // namespace iochron::calc
