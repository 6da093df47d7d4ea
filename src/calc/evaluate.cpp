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

double pop(Stack& stack)
{
    const double popped = stack.top;
    stack.top = *--stack.next;
    return popped;
}

/// The instructions that are too rare, or too long by themselves, for the loop. Takes and gives the stack by value, so
/// that the loop's own stays in registers.
[[gnu::noinline]] Stack run_rare(const Instruction& instruction, Stack stack, const World& world)
{
    switch (instruction.op) {
    case Op::store:
        world.args[instruction.count] = pop(stack);
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

// The values are left unset: compile() has proved that a program reads only what it has written. The first push spills
// a `top` that nobody has set, hence one more than max_depth.
double run(const Instruction* const code, const World& world)
{
    std::array<double, max_depth + 1> values; // NOLINT
    Stack stack{0, values.data()};
    for (const Instruction* at = code;; ++at) {
        switch (at->op) {
        case Op::end:
            return stack.top;
        case Op::literal:
            push(stack, at->literal);
            break;
        case Op::fetch:
            push(stack, world.args[at->count]);
            break;
        case Op::add:
            stack.top = *--stack.next + stack.top;
            break;
        case Op::subtract:
            stack.top = *--stack.next - stack.top;
            break;
        case Op::multiply:
            stack.top = *--stack.next * stack.top;
            break;
        case Op::divide:
            stack.top = *--stack.next / stack.top;
            break;
        case Op::add_literal:
            stack.top += at->literal;
            break;
        case Op::multiply_literal:
            stack.top *= at->literal;
            break;
        case Op::add_fetch:
            stack.top += world.args[at->count];
            break;
        case Op::subtract_fetch:
            stack.top -= world.args[at->count];
            break;
        case Op::multiply_fetch:
            stack.top *= world.args[at->count];
            break;
        case Op::unary:
            stack.top = at->unary(stack.top);
            break;
        case Op::binary:
            stack.top = at->binary(*--stack.next, stack.top);
            break;
        case Op::jump_unless:
            at = pop(stack) == 0 ? code + at->target - 1 : at;
            break;
        case Op::jump:
            at = code + at->target - 1;
            break;
        default:
            stack = run_rare(*at, stack, world);
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
