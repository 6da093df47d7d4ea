#include "db/load/macros.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db::load {
namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

std::string_view trimmed_right(std::string_view text)
{
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The end of the word that starts at `at`: the first of `ends` outside quotes and escapes, or the end of the text.
std::size_t word_end(std::string_view text, std::size_t at, std::string_view ends, const base::Place& start)
{
    char quote = 0;
    std::size_t opened = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\\') {
            ++at;
        } else if (quote != 0) {
            quote = c == quote ? char{0} : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
            opened = at;
        } else if (ends.contains(c)) {
            return at;
        }
    }
    if (quote != 0) {
        base::Place place = start;
        place.column += opened;
        throw base::Problem(place, fmt::format("the quote {0} is not closed; close it, or write \\{0}", quote));
    }
    return text.size();
}

/// A name loses its quotes and escapes at once; a value keeps them until it is used.
std::string unquoted(std::string_view text)
{
    std::string name;
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else {
            at += c == '\\' && at + 1 < text.size() ? 1 : 0;
            name += text[at];
        }
    }
    return name;
}

} // namespace

Macro::Macro(std::string_view macro_name, std::string_view written)
    : name(macro_name), raw(written), plain(written.find_first_of("$\\'\"") == std::string_view::npos)
{}

Macros::Macros(std::string_view definitions)
{
    define(definitions, {"macro definitions", 1, 1});
}

void Macros::define(std::string_view definitions, const base::Place& start)
{
    for (std::size_t at = 0; (at = definitions.find_first_not_of(" \t\r\n\v\f,", at)) != std::string_view::npos;) {
        const std::size_t name_end = word_end(definitions, at, "=,", start);
        const std::string name = unquoted(trimmed_right(definitions.substr(at, name_end - at)));
        if (name.empty()) {
            base::Place place = start;
            place.column += at;
            throw base::Problem(place, "a macro name was expected before '='; write NAME=value");
        }
        if (name_end == definitions.size() || definitions[name_end] == ',') {
            remove(name);
            at = name_end;
            continue;
        }
        const std::size_t value = std::min(definitions.find_first_not_of(blanks, name_end + 1), definitions.size());
        at = word_end(definitions, value, ",", start);
        set(name, trimmed_right(definitions.substr(value, at - value)));
    }
}

void Macros::set(std::string_view name, std::string_view raw)
{
    remove(name);
    macros_.emplace_back(name, raw);
}

void Macros::remove(std::string_view name)
{
    std::erase_if(macros_, [name](const Macro& macro) { return macro.name == name; });
}

const Macro* Macros::find(std::string_view name) const
{
    const auto found = std::ranges::find(macros_, name, &Macro::name);
    return found == macros_.end() ? nullptr : &*found;
}

std::vector<std::string_view> Macros::names() const
{
    std::vector<std::string_view> all;
    all.reserve(macros_.size());
    for (const Macro& macro : macros_) {
        all.push_back(macro.name);
    }
    return all;
}

} // namespace iochron::db::load
