#include "db/load/expander.h"

#include "base/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace iochron::db::load {
namespace {

bool opens_reference(std::string_view text, std::size_t at)
{
    return text[at] == '$' && at + 1 < text.size() && (text[at + 1] == '(' || text[at + 1] == '{');
}

/// The bytes of a .db line at which something can begin or end.
constexpr std::array<bool, 256> special_bytes = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("$\\#\"'")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

/// What ends the name of the reference whose bracket is `bracket`. The parts behind the name end at all but '='.
std::string_view name_ends(char bracket)
{
    return bracket == '(' ? "=,)" : "=,}";
}

} // namespace

/// Follows a line as macLib and the lexer will read it: the one to know where single quotes keep references as they
/// are, the other, with values in place, to know where a comment begins.
class Expander::Quoting {
  public:
    /// From `at` to the next reference, the first comment or the end.
    std::size_t literal(std::string_view text, std::size_t at)
    {
        if (at < text.size() && std::exchange(escaped_, false) && (text[at] == '"' || text[at] == '\'')) {
            follow(written_, text[at++]); // the value before it ended in a backslash: to the lexer it quotes nothing
        }
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (!special_bytes[static_cast<unsigned char>(c)]) {
                continue;
            }
            if (c == '$') {
                if (written_ != '\'' && opens_reference(text, at)) {
                    return at;
                }
            } else if (c == '\\') {
                at += at + 1 < text.size() ? 1 : 0;
            } else if (c == '#') {
                if (read_ == 0) {
                    return at;
                }
            } else {
                follow(written_, c);
                follow(read_, c);
            }
        }
        return at;
    }

    /// The offset of the first comment in what a reference became, or its size.
    std::size_t value(std::string_view text)
    {
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char c = text[at];
            if (std::exchange(escaped_, c == '\\' && !escaped_) || c == '\\') {
                continue;
            }
            if (c == '#' && read_ == 0) {
                return at;
            }
            if (c == '"' || c == '\'') {
                follow(read_, c);
            }
        }
        return text.size();
    }

  private:
    static void follow(char& quote, char c)
    {
        if (quote == 0) {
            quote = c;
        } else if (quote == c) {
            quote = 0;
        }
    }

    char written_ = 0;     ///< the quote that is open in the line as written
    char read_ = 0;        ///< the quote that is open with the values in place
    bool escaped_ = false; ///< the next byte stands behind a backslash
};

std::uint32_t ExpandedLine::column(std::size_t offset) const
{
    std::size_t at = pieces.size() - 1;
    while (pieces[at].begin > offset) {
        --at;
    }
    const Piece& piece = pieces[at];
    return piece.literal ? piece.column + static_cast<std::uint32_t>(offset - piece.begin) : piece.column;
}

std::string Expander::expand(std::string_view text, const Mark& start)
{
    // A comment is a matter of .db lines alone: take each reference, whatever stands before it.
    begin(start);
    std::string out;
    char quote = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (opens_reference(text, at) && quote != '\'') {
            origin_ = start.right(at);
            reference(text, at, out);
            continue;
        }
        if (c == '\\' && at + 1 < text.size()) {
            out += text[at++];
        } else if (quote != 0) {
            quote = c == quote ? char{0} : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        }
        out += text[at++];
    }
    return out;
}

void Expander::expand_line(std::string_view text, const Mark& start, ExpandedLine& line)
{
    begin(start);
    line.text.clear();
    line.pieces.assign(1, {0, start.column, true});
    Quoting quoting;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t stop = quoting.literal(text, at);
        line.text.append(text, at, stop - at);
        if (stop == text.size() || text[stop] == '#') {
            return;
        }
        origin_ = start.right(at = stop);
        const std::size_t begin = line.text.size();
        line.pieces.push_back({begin, origin_.column, false});
        reference(text, at, line.text);
        line.pieces.push_back({line.text.size(), start.right(at).column, true});
        const std::size_t kept = quoting.value(std::string_view(line.text).substr(begin));
        if (begin + kept < line.text.size()) {
            line.text.resize(begin + kept);
            return;
        }
    }
}

void Expander::begin(const Mark& start)
{
    scoped_.clear();
    active_.clear();
    origin_ = start;
    depth_ = 0;
    work_ = 0;
    lenient_ = false;
}

/// Appends the text from `at` to the first of `ends` (or all of it, where there are none), without its quotes and
/// escapes and with its references resolved. With no `out` it only finds the end.
void Expander::translate(std::string_view text, std::size_t& at, std::string_view ends, std::string* out)
{
    char quote = 0;
    for (; at < text.size() && !ends.contains(text[at]); ++at) {
        const char c = text[at];
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (quote != '\'' && opens_reference(text, at)) {
            if (out != nullptr) {
                reference(text, at, *out);
            } else {
                at = after_reference(text, at);
            }
            --at;
        } else {
            at += c == '\\' && at + 1 < text.size() ? 1 : 0;
            if (out != nullptr) {
                *out += text[at];
            }
        }
    }
    if (at == text.size() && !ends.empty()) {
        throw problem_at(origin_, fmt::format("this macro reference is not closed; '{}' was expected before "
                                              "the end of the line",
                                              ends.back()));
    }
}

void Expander::reference(std::string_view text, std::size_t& at, std::string& out)
{
    enter();
    const std::string_view ends = name_ends(text[at + 1]);
    const std::size_t outer_scope = scoped_.size();
    std::string name;
    translate(text, at += 2, ends, &name);
    std::size_t fallback = std::string_view::npos;
    if (text[at] == '=') {
        fallback = ++at;
        translate(text, at, ends.substr(1), nullptr);
    }
    while (text[at] == ',') {
        define_scoped(text, at, ends);
    }
    ++at;
    if (const Macro* const macro = find(name); macro == nullptr && fallback != std::string_view::npos) {
        translate(text, fallback, ends.substr(1), &out);
    } else if (macro == nullptr || std::ranges::find(active_, macro) != active_.end()) {
        bad_name(name, out, macro != nullptr);
    } else {
        use(*macro, out);
    }
    spend(1);
    while (scoped_.size() > outer_scope) {
        scoped_.pop_back();
    }
    --depth_;
}

/// Takes ",NAME=value" inside a reference. The value is resolved now, as far as it can be.
void Expander::define_scoped(std::string_view text, std::size_t& at, std::string_view ends)
{
    const bool outer = std::exchange(lenient_, true);
    std::string name;
    translate(text, ++at, ends, &name);
    if (text[at] == '=') {
        std::string value;
        translate(text, ++at, ends.substr(1), &value);
        scoped_.emplace_back(name, value);
    }
    lenient_ = outer;
}

void Expander::use(const Macro& macro, std::string& out)
{
    spend(macro.raw.size());
    if (macro.plain) {
        out += macro.raw;
        return;
    }
    active_.push_back(&macro);
    std::size_t at = 0;
    translate(macro.raw, at, {}, &out);
    active_.pop_back();
}

std::size_t Expander::after_reference(std::string_view text, std::size_t at)
{
    enter();
    const std::string_view ends = name_ends(text[at + 1]);
    translate(text, at += 2, ends, nullptr);
    while (text[at] != ends.back()) {
        const std::string_view part_ends = text[at] == '=' ? ends.substr(1) : ends;
        translate(text, ++at, part_ends, nullptr);
    }
    --depth_;
    return at + 1;
}

const Macro* Expander::find(std::string_view name) const
{
    for (auto macro = scoped_.rbegin(); macro != scoped_.rend(); ++macro) {
        if (macro->name == name) {
            return &*macro;
        }
    }
    return macros_.find(name);
}

void Expander::enter()
{
    if (++depth_ > limits_.macro_depth) {
        throw problem_at(origin_, fmt::format("macro references nest deeper than {}; define fewer macros by "
                                              "one another",
                                              limits_.macro_depth));
    }
}

/// Bounds the time a line can take as well as its size: values that double at each level may come to nothing.
void Expander::spend(std::size_t work)
{
    if ((work_ += work) > limits_.macro_bytes) {
        throw problem_at(origin_, fmt::format("the macros of this line come to more than {} bytes; split the "
                                              "line, or look for values that grow one another",
                                              limits_.macro_bytes));
    }
}

void Expander::bad_name(std::string_view name, std::string& out, bool recursive) const
{
    if (lenient_) {
        out.append("$(").append(name).append(")");
        return;
    }
    std::string used_in;
    for (const Macro* const macro : active_) {
        used_in += fmt::format("{}{}", used_in.empty() ? ", used in the value of " : " in that of ", macro->name);
    }
    if (recursive) {
        throw problem_at(origin_,
                         fmt::format("macro '{}' is recursive{}; its value must not lead back to it", name, used_in));
    }
    throw problem_at(origin_, fmt::format("macro '{0}' is not defined{1}; define {0}=value, or write $({0}=default){2}",
                                          name, used_in, base::did_you_mean(name, macros_.names())));
}

} // namespace iochron::db::load
