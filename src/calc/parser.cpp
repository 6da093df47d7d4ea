#include "calc/parser.h"

#include "calc/program.h"

#include <fmt/format.h>

#include <utility>

namespace iochron::calc {

namespace {

constexpr bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

} // namespace

bool Parser::parse()
{
    for (skip_spaces(); at_ < text_.size(); skip_spaces()) {
        element_ = at_;
        if (!(operand_wanted_ ? operand() : operator_word()) || !check_depth()) {
            return false;
        }
    }
    return finish();
}

void Parser::skip_spaces()
{
    while (at_ < text_.size() && is_space(text_[at_])) {
        ++at_;
    }
}

bool Parser::operator_word()
{
    const Word* const word = find_operator(text_.substr(at_));
    if (word == nullptr) {
        return unknown_operator();
    }
    at_ += word->name.size();
    return apply(*word);
}

bool Parser::apply(const Word& word)
{
    switch (word.kind) {
    case Kind::binary:
        emit_down_to(word.level);
        pending_.push_back({word.kind, word.level, word.instruction, static_cast<std::uint16_t>(element_)});
        operand_wanted_ = true;
        return true;
    case Kind::condition:
        emit_down_to(Level::or_);
        emit(word.instruction, element_);
        open_conditions_.push_back(element_);
        operand_wanted_ = true;
        return true;
    case Kind::otherwise:
        return otherwise(word);
    case Kind::assign:
        return assign();
    case Kind::comma:
        return comma();
    case Kind::close:
        return close();
    default:
        return separator();
    }
}

bool Parser::otherwise(const Word& word)
{
    emit_down_to(Level::or_);
    emit(word.instruction, element_);
    --depth_; // of two values only one will be there
    if (open_conditions_.empty()) {
        return fail(Reason::conditional, element_, "':' without a '?' before it", "write condition ? value : value");
    }
    open_conditions_.pop_back();
    pending_.push_back(
        {Kind::otherwise, Level::none, {.op = Op::join, .literal = 0}, static_cast<std::uint16_t>(element_)});
    operand_wanted_ = true;
    return true;
}

bool Parser::assign()
{
    if (!pending_.empty() || steps_.empty() || steps_.back().instruction.op != Op::fetch) {
        return fail(Reason::bad_assignment, element_, "only a letter A to U can be assigned to",
                    "write it as A:=value, at the start of a sub-expression of its own");
    }
    Instruction store = steps_.back().instruction;
    store.op = Op::store;
    steps_.pop_back();
    --depth_;
    pending_.push_back({Kind::assign, Level::none, store, static_cast<std::uint16_t>(element_)});
    operand_wanted_ = true;
    return true;
}

bool Parser::comma()
{
    if (!emit_to_parenthesis()) {
        return fail(Reason::bad_separator, element_, "a comma outside parentheses",
                    "put the arguments of a function in parentheses");
    }
    if (++pending_.back().commas >= max_depth) {
        return too_deep();
    }
    operand_wanted_ = true;
    return true;
}

bool Parser::close()
{
    if (!emit_to_parenthesis()) {
        return fail(Reason::not_opened, element_, "')' without a '(' before it", "leave it out, or open it before");
    }
    const std::uint8_t commas = pending_.back().commas;
    pending_.pop_back();
    if (!pending_.empty() && pending_.back().kind == Kind::variadic) {
        pending_.back().instruction.count = static_cast<std::uint8_t>(commas + 1);
    }
    return true;
}

bool Parser::separator()
{
    if (!emit_all() || !conditions_closed()) {
        return false;
    }
    if (depth_ > 1) {
        return fail(Reason::too_many_results, element_, "more than one value is the result",
                    "assign all but one of the sub-expressions, as in B:=A*2; B+1");
    }
    operand_wanted_ = true;
    return true;
}

bool Parser::conditions_closed()
{
    return open_conditions_.empty() ||
           fail(Reason::conditional, open_conditions_.back(), "'?' without its ':'", "write condition ? value : value");
}

bool Parser::check_depth()
{
    if (depth_ < 0) {
        return fail(Reason::underflow, element_, "a function before this has too few arguments",
                    "give ATAN2 and FMOD two arguments in parentheses");
    }
    if (depth_ > static_cast<int>(max_depth)) {
        return too_deep();
    }
    return true;
}

bool Parser::too_deep()
{
    return fail(Reason::overflow, element_, fmt::format("more than {} values wait at once", max_depth),
                "split the expression with assignments, as in B:=A*2; B+1");
}

bool Parser::finish()
{
    if (!emit_all() || !conditions_closed()) {
        return false;
    }
    if (operand_wanted_) {
        return fail(Reason::incomplete, text_.size(), "an operand is missing at the end", "write it, or end sooner");
    }
    if (depth_ > 1) {
        return fail(Reason::incomplete, text_.size(), "more than one value is the result",
                    "assign all but one of the sub-expressions, and give each function its number of arguments");
    }
    if (depth_ < 1) {
        return fail(Reason::incomplete, text_.size(), "nothing is the result",
                    "add what the value shall be, as in B:=A*2; B, and give each function its number of arguments");
    }
    return true;
}

void Parser::emit(const Instruction& instruction, std::size_t column)
{
    steps_.push_back({instruction, static_cast<std::uint16_t>(column)});
    depth_ += values_given(instruction) - values_taken(instruction);
}

void Parser::emit_pending()
{
    emit(pending_.back().instruction, pending_.back().column);
    pending_.pop_back();
}

void Parser::emit_down_to(Level level)
{
    while (!pending_.empty() && pending_.back().level >= level) {
        emit_pending();
    }
}

bool Parser::emit_to_parenthesis()
{
    while (!pending_.empty() && pending_.back().kind != Kind::open) {
        emit_pending();
    }
    return !pending_.empty();
}

bool Parser::emit_all()
{
    if (!emit_to_parenthesis()) {
        return true;
    }
    return fail(Reason::not_closed, pending_.back().column, "'(' without its ')'", "close the parenthesis");
}

bool Parser::fail(Reason reason, std::size_t column, std::string what, std::string remedy)
{
    error_ = CompileError{reason, column, std::move(what), std::move(remedy)};
    return false;
}

} // namespace iochron::calc
