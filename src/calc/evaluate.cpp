#include "calc/program.h"

#include <array>
#include <cassert>

namespace iochron::calc {

namespace {

/// The stack of values while a program runs. The value on top is in a register of its own; `next` is where it would
/// be spilled to.
struct Stack {
    double top;
    double* next;
};

struct World {
    double* args;
    double value;
    Random* random;
};

void push(Stack& stack, double value)
{
    *stack.next++ = stack.top;
    stack.top = value;
}

/// The instructions that are too rare, or too long by themselves, for the loop. Takes and gives the stack by value, so
/// that the loop's own stays in registers.
[[gnu::noinline]] Stack run_rare(const Instruction& instruction, Stack stack, const World& world)
{
    switch (instruction.op) {
    case Op::store:
        world.args[instruction.count] = stack.top;
        stack.top = *--stack.next;
        break;
    case Op::last_value:
        push(stack, world.value);
        break;
    case Op::random:
        push(stack, world.random->next());
        break;
    case Op::negate:
        stack.top = -stack.top;
        break;
    case Op::variadic: {
        *stack.next = stack.top;
        stack.next -= instruction.count - 1;
        stack.top = instruction.variadic({stack.next, instruction.count});
        break;
    }
    default:
        assert(!"an instruction that compile() does not make");
        break;
    }
    return stack;
}

double run(const Instruction* const code, const World& world)
{
    // Left unset: compile() has proved that a program reads only what it has written. The first push spills a `top`
    // that nobody has set, hence one more than max_depth.
    std::array<double, max_depth + 1> values; // NOLINT
    double* next = values.data();
    double top = 0;
    for (const Instruction* at = code;; ++at) {
        switch (at->op) {
        case Op::end:
            return top;
        case Op::literal:
            *next++ = top;
            top = at->literal;
            break;
        case Op::fetch:
            *next++ = top;
            top = world.args[at->count];
            break;
        case Op::add:
            top = *--next + top;
            break;
        case Op::subtract:
            top = *--next - top;
            break;
        case Op::multiply:
            top = *--next * top;
            break;
        case Op::divide:
            top = *--next / top;
            break;
        case Op::add_literal:
            top += at->literal;
            break;
        case Op::multiply_literal:
            top *= at->literal;
            break;
        case Op::add_fetch:
            top += world.args[at->count];
            break;
        case Op::subtract_fetch:
            top -= world.args[at->count];
            break;
        case Op::multiply_fetch:
            top *= world.args[at->count];
            break;
        case Op::jump_unless:
            at = top == 0 ? code + at->target - 1 : at;
            top = *--next;
            break;
        case Op::jump:
            at = code + at->target - 1;
            break;
        case Op::unary:
            top = at->unary(top);
            break;
        case Op::binary:
            --next;
            top = at->binary(*next, top);
            break;
        default: {
            const Stack stack = run_rare(*at, {top, next}, world);
            top = stack.top;
            next = stack.next;
        }
        }
    }
}

} // namespace

double Program::evaluate(std::span<double> args, double value, Random& random) const
{
    assert(args.size() >= args_size());
    return run(code_.data(), {args.data(), value, &random});
}

} // namespace iochron::calc
