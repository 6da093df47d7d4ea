#include "db/load/substitutions_lexer.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db::load {
namespace {

using Kind = Token::Kind;

Kind punctuation(char c)
{
    switch (c) {
    case '{':
        return Kind::open_brace;
    case '}':
        return Kind::close_brace;
    case ',':
        return Kind::comma;
    case '=':
        return Kind::equals;
    default:
        return Kind::word;
    }
}

} // namespace

void SubstitutionsLexer::skip_space()
{
    constexpr std::string_view blanks = " \t\r\n\v\f";
    while (at_ < text_.size()) {
        if (text_[at_] == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (!blanks.contains(text_[at_])) {
            return;
        } else if (text_[at_++] == '\n') {
            ++line_;
            line_begin_ = at_;
        }
    }
}

Token SubstitutionsLexer::next(bool value)
{
    skip_space();
    const Mark mark{&file_, line_, static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
    if (at_ == text_.size()) {
        return {Kind::end, {{}, mark}};
    }
    if (text_[at_] == '"' || text_[at_] == '\'') {
        return quoted(mark);
    }
    if (const Kind kind = punctuation(text_[at_]); kind != Kind::word && !(value && kind == Kind::equals)) {
        return {kind, {text_.substr(at_++, 1), mark}};
    }
    const std::string_view ends = value ? " \t\r\n\v\f\"',{}#" : " \t\r\n\v\f\"',{}#=";
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    return {Kind::word, {text_.substr(begin, at_ - begin), mark}};
}

Token SubstitutionsLexer::quoted(const Mark& mark)
{
    const char quote = text_[at_];
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
        at_ += text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' ? 2 : 1;
    }
    if (at_ == text_.size() || text_[at_] != quote) {
        throw problem_at(mark,
                         fmt::format("the string is not closed; {} was expected before the end of the line", quote));
    }
    return {Kind::quoted, {text_.substr(begin, at_++ - begin), mark}};
}

} // namespace iochron::db::load
