#include "db/load/expander.h"

#include "base/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace iochron::db::load {
namespace {

bool opens_reference(std::string_view text, std::size_t at)
{
    return text[at] == '$' && at + 1 < text.size() && (text[at + 1] == '(' || text[at + 1] == '{');
}

/// What ends the name of the reference whose bracket is `bracket`. The parts behind the name end at all but '='.
std::string_view name_ends(char bracket)
{
    return bracket == '(' ? "=,)" : "=,}";
}

} // namespace

/// Follows a .db line as the lexer will read it, to know where a comment begins.
class Expander::Quoting {
  public:
    /// The offset of the first comment in `text` at or after the bytes seen before; npos where there is none.
    std::size_t comment(std::string_view text)
    {
        for (; seen_ < text.size(); ++seen_) {
            const char c = text[seen_];
            if (std::exchange(escaped_, false)) {
                continue;
            }
            if (quote_ != 0) {
                escaped_ = c == '\\';
                quote_ = c == quote_ ? char{0} : quote_;
            } else if (c == '#') {
                return seen_;
            } else if (c == '"' || c == '\'') {
                quote_ = c;
            }
        }
        return std::string_view::npos;
    }

  private:
    std::size_t seen_ = 0;
    char quote_ = 0;
    bool escaped_ = false;
};

std::uint32_t ExpandedLine::column(std::size_t offset) const
{
    const auto after = std::ranges::upper_bound(pieces, offset, {}, &Piece::begin);
    const Piece& piece = *std::prev(after);
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
    char quote = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t literal = at;
        while (at < text.size() && (!opens_reference(text, at) || quote == '\'')) {
            const char c = text[at];
            if (quote != 0 && c != '\\') {
                quote = c == quote ? char{0} : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            }
            at = std::min(at + (c == '\\' ? 2 : 1), text.size());
        }
        line.text.append(text, literal, at - literal);
        if (at < text.size() && quoting.comment(line.text) == std::string_view::npos) {
            origin_ = start.right(at);
            line.pieces.push_back({line.text.size(), origin_.column, false});
            reference(text, at, line.text);
            line.pieces.push_back({line.text.size(), start.right(at).column, true});
        }
        if (const std::size_t comment = quoting.comment(line.text); comment != std::string_view::npos) {
            line.text.resize(comment);
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
