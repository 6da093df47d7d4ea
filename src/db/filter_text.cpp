#include "db/filter_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace iochron::db {

namespace {

constexpr std::size_t most_bytes = 4096;

bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

/// The numbers of JSON5: decimal, hexadecimal, with a sign, Infinity and NaN.
std::optional<std::variant<std::int64_t, double>> number_of(const std::string& word)
{
    const std::size_t digits = word.find_first_not_of("+-");
    if (digits == std::string::npos || digits > 1 || word[digits] == '_') {
        return std::nullopt;
    }
    const std::string_view rest = std::string_view(word).substr(digits);
    const bool hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    const bool named = rest == "Infinity" || rest == "NaN";
    if (!named && !hexadecimal && rest.find_first_not_of("0123456789.eE+-") != std::string_view::npos) {
        return std::nullopt;
    }
    char* end = nullptr;
    errno = 0;
    const std::int64_t whole = std::strtoll(word.c_str(), &end, hexadecimal ? 16 : 10);
    if (*end == '\0' && errno == 0) {
        return whole;
    }
    errno = 0;
    const double number = std::strtod(word.c_str(), &end);
    return *end == '\0' && (errno == 0 || std::isfinite(number)) &&
                   !(hexadecimal && rest.find_first_of(".pP") != std::string_view::npos)
               ? std::optional<std::variant<std::int64_t, double>>(number)
               : std::nullopt;
}

/// Reads the text from left to right; throws FilterProblem.
/// Thread: any (distinct objects)
class Reader {
  public:
    explicit Reader(const std::string& text) : text_(text) {}

    std::vector<FilterSpec> all()
    {
        if (peek() == '[') {
            range();
        }
        if (peek() == '{') {
            filters();
            space();
        }
        if (at_ != text_.size()) {
            fail("nothing may follow a name's filters");
        }
        return std::move(specs_);
    }

  private:
    [[noreturn]] void fail(std::string what) const { throw FilterProblem{std::move(what), at_}; }
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c)
    {
        const bool there = peek() == c && at_ < text_.size();
        at_ += there ? 1 : 0;
        return there;
    }

    std::optional<std::int64_t> index()
    {
        const char* const from = text_.c_str() + at_;
        char* end = nullptr;
        const long number = std::strtol(from, &end, 0);
        at_ += static_cast<std::size_t>(end - from);
        return end == from ? std::nullopt : std::optional<std::int64_t>(number);
    }

    void range()
    {
        ++at_;
        std::int64_t step = 1;
        const auto start = index();
        std::int64_t end = start.value_or(-1);
        if (!start || peek() != ']') {
            if (!take(':')) {
                fail("expected a number or ':' in a range [start:increment:end]");
            }
            end = index().value_or(-1);
            if (take(':')) {
                step = end;
                end = index().value_or(-1);
            }
        }
        if (!take(']')) {
            fail("expected ']' at the end of a range");
        }
        specs_.push_back({"arr", {{"s", start.value_or(0)}, {"i", step}, {"e", end}}});
    }

    void space()
    {
        while (at_ < text_.size()) {
            const std::string_view rest = std::string_view(text_).substr(at_);
            if (rest.starts_with("/*")) {
                const std::size_t end = rest.find("*/", 2);
                if (end == std::string_view::npos) {
                    fail("this comment has no end");
                }
                at_ += end + 2;
            } else if (rest.starts_with("//")) {
                at_ += std::min(rest.find('\n'), rest.size());
            } else if (std::string_view(" \t\r\n\v\f").find(rest.front()) != std::string_view::npos) {
                ++at_;
            } else {
                return;
            }
        }
    }

    std::string quoted()
    {
        const char quote = text_[at_++];
        std::string out;
        while (!take(quote)) {
            if (at_ >= text_.size()) {
                fail("this string has no end");
            }
            if (peek() == '\\') {
                ++at_;
                if (std::string_view("\"'\\/").find(peek()) == std::string_view::npos || at_ >= text_.size()) {
                    fail("only \\\", \\', \\\\ and \\/ are escapes in a name");
                }
            }
            out += text_[at_++];
        }
        return out;
    }

    [[nodiscard]] bool quote_next() const { return peek() == '"' || peek() == '\''; }

    std::string key()
    {
        space();
        std::string out;
        if (quote_next()) {
            out = quoted();
        } else {
            while (is_word(peek())) {
                out += text_[at_++];
            }
            if (out.empty()) {
                fail("expected a key");
            }
        }
        space();
        if (!take(':')) {
            fail("expected ':' behind a key");
        }
        space();
        return out;
    }

    decltype(FilterSetting::value) value()
    {
        if (quote_next()) {
            return quoted();
        }
        const std::size_t from = at_;
        while (is_word(peek()) || peek() == '.' || peek() == '+' || peek() == '-') {
            ++at_;
        }
        const std::string word = text_.substr(from, at_ - from);
        if (word == "true" || word == "false") {
            return word == "true";
        }
        if (const auto number = number_of(word)) {
            return std::visit([](auto n) -> decltype(FilterSetting::value) { return n; }, *number);
        }
        at_ = from;
        fail("expected a number, a string, true or false");
    }

    /// What stands between '{' and '}', by pairs of which `each` reads one.
    template <class Each>
    void object(Each each)
    {
        ++at_;
        for (space(); !take('}'); space()) {
            each();
            space();
            if (!take(',') && peek() != '}') {
                fail("expected ',' or '}'");
            }
        }
    }

    void settings(FilterSpec& spec)
    {
        object([this, &spec] {
            std::string name = key();
            if (peek() == '{') {
                spec.settings.push_back({std::move(name), std::monostate{}});
                settings(spec);
            } else {
                spec.settings.push_back({std::move(name), value()});
            }
        });
    }

    void filters()
    {
        object([this] {
            FilterSpec spec{key(), {}};
            if (peek() != '{') {
                fail(fmt::format("the filter '{}' wants its settings in {{}}", spec.name));
            }
            settings(spec);
            specs_.push_back(std::move(spec));
        });
    }

    const std::string& text_;
    std::size_t at_ = 0;
    std::vector<FilterSpec> specs_;
};

} // namespace

std::expected<std::vector<FilterSpec>, FilterProblem> parse_filters(std::string_view text)
{
    if (text.size() > most_bytes) {
        return std::unexpected(FilterProblem{"a name's filters have at most 4096 bytes", most_bytes});
    }
    const std::string whole(text); // ends in NUL for strtol
    try {
        return Reader(whole).all();
    } catch (FilterProblem& problem) {
        return std::unexpected(std::move(problem));
    }
}

std::pair<std::string_view, std::string_view> split_filters(std::string_view name)
{
    // A record's name may hold '[': filters follow a field, so a '.'.
    const std::size_t dot = name.find('.');
    const std::size_t at = dot == std::string_view::npos ? dot : name.find_first_of("[{", dot);
    return at == std::string_view::npos ? std::pair{name, std::string_view()}
                                        : std::pair{name.substr(0, at), name.substr(at)};
}

} // namespace iochron::db
