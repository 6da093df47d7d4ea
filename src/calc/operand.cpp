// The part of the parser that reads operands, and names what it cannot read.
#include "calc/number.h"
#include "calc/parser.h"
#include "calc/program.h"

#include <fmt/format.h>

#include <utility>

namespace iochron::calc {

namespace {

constexpr bool is_letter(char c)
{
    return upper(c) >= 'A' && upper(c) <= 'Z';
}

/// The word at the start of a text that is not understood, for the message: letters and digits, or one character.
std::string shown_word(std::string_view text)
{
    std::size_t size = 0;
    while (size < text.size() && size < 20 && (is_letter(text[size]) || (text[size] >= '0' && text[size] <= '9'))) {
        ++size;
    }
    const unsigned char first = static_cast<unsigned char>(text[0]);
    if (size == 0 && (first < 0x20 || first > 0x7E)) {
        return fmt::format("\\x{:02x}", first);
    }
    return std::string(text.substr(0, size == 0 ? 1 : size));
}

} // namespace

bool Parser::operand()
{
    const Word* const word = find_operand(text_.substr(at_));
    if (word == nullptr) {
        return number_or_letter();
    }
    at_ += word->name.size();
    if (word->kind == Kind::value) {
        emit(word->instruction, element_);
        operand_wanted_ = false;
    } else {
        pending_.push_back({word->kind, word->level, word->instruction, static_cast<std::uint16_t>(element_)});
    }
    return true;
}

bool Parser::number_or_letter()
{
    const char letter = upper(text_[at_]);
    if (const auto number = read_number(text_.substr(at_))) {
        if (!number->value) {
            return fail(
                Reason::bad_literal, element_,
                fmt::format("'{}' is not a number that can be held", text_.substr(at_, number->size)),
                "write digits with an optional exponent, from 2.3e-308 to 1.7e308, or 0x and 1 to 8 hex digits");
        }
        emit({.op = Op::literal, .literal = *number->value}, element_);
        at_ += number->size;
    } else if (letter >= 'A' && letter < static_cast<char>('A' + max_args)) {
        emit({.op = Op::fetch, .count = static_cast<std::uint8_t>(letter - 'A'), .literal = 0}, element_);
        ++at_;
    } else {
        return unknown_operand();
    }
    operand_wanted_ = false;
    return true;
}

bool Parser::unknown_operand()
{
    const std::string word = shown_word(text_.substr(at_));
    if (is_letter(word[0])) {
        return unknown_word(at_, "write a letter A to U, a number, VAL, PI, D2R, R2D, RNDM or a function");
    }
    return fail(Reason::syntax, at_, fmt::format("an operand is wanted, but '{}' follows", word),
                word == "+" ? "leave out the '+', which is no sign here" : "write the missing operand before it");
}

bool Parser::unknown_operator()
{
    // What was read as a letter may be the start of a word that does not exist.
    std::size_t start = at_;
    while (start > 0 && is_letter(text_[start - 1])) {
        --start;
    }
    if (start < at_ && is_letter(text_[at_])) {
        return unknown_word(start, "put operators between the letters if they are meant as arguments");
    }
    return fail(Reason::syntax, at_,
                fmt::format("an operator is wanted, but '{}' follows", shown_word(text_.substr(at_))),
                "put an operator before it, or leave it out");
}

bool Parser::unknown_word(std::size_t column, std::string remedy)
{
    const std::string word = shown_word(text_.substr(column));
    const std::string_view similar = similar_operand(word);
    return fail(Reason::syntax, column, fmt::format("unknown operand '{}'", word),
                similar.empty() ? std::move(remedy) : fmt::format("did you mean '{}'?", similar));
}

} // namespace iochron::calc
