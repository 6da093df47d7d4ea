#include "db/group/json.h"

#include "db/load/escapes.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <limits>
#include <utility>

namespace iochron::db::group {
namespace {

using base::Fault;

bool is_word(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '.' || c == '$';
}

/// Throws Fault inside; parse_json() hands it out.
/// Thread: any (distinct objects)
class Parser {
  public:
    Parser(std::string_view text, std::size_t most_depth) : text_(text), most_depth_(most_depth) {}

    Json whole()
    {
        Json json = value(1);
        skip_space();
        if (at_ < text_.size()) {
            fail(at_, "nothing may follow the closing bracket");
        }
        return json;
    }

  private:
    [[noreturn]] static void fail(std::size_t at, std::string what) { throw Fault{at, std::move(what)}; }
    [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    [[nodiscard]] std::string found() const
    {
        if (at_ >= text_.size()) {
            return "the text ends here";
        }
        const char c = text_[at_];
        return std::isprint(static_cast<unsigned char>(c)) != 0
                   ? fmt::format("found '{}'", c)
                   : fmt::format("found the byte 0x{:02x}", static_cast<unsigned char>(c));
    }

    void skip_space();
    void skip_comment();
    void expect(char c, std::string_view what);
    Json value(std::size_t depth);
    void object(Json& json, std::size_t depth);
    void list(std::size_t depth);
    std::string key();
    std::string quoted();
    std::string_view word();
    void literal(Json& json);
    static bool number(std::string_view word, Json& json);

    std::string_view text_;
    std::size_t most_depth_;
    std::size_t at_ = 0;
};

void Parser::skip_space()
{
    for (; at_ < text_.size(); ++at_) {
        if (text_[at_] == '/') {
            skip_comment();
        } else if (static_cast<unsigned char>(text_[at_]) > ' ') {
            return;
        }
    }
}

/// Leaves the position at the comment's last byte.
void Parser::skip_comment()
{
    const std::size_t begin = at_;
    if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size() - 1);
    } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) {
            fail(begin, "the comment is not closed; end it with */");
        }
        at_ = end + 1;
    } else {
        fail(begin, "'/' begins a comment only as // or /*");
    }
}

void Parser::expect(char c, std::string_view what)
{
    skip_space();
    if (here() != c) {
        fail(at_, fmt::format("'{}' was expected {}, {}", c, what, found()));
    }
    ++at_;
}

Json Parser::value(std::size_t depth)
{
    skip_space();
    Json json;
    json.at = at_;
    const char c = here();
    if ((c == '{' || c == '[') && depth > most_depth_) {
        fail(at_, fmt::format("JSON nests deeper than {}", most_depth_));
    }
    if (c == '{') {
        json.kind = Json::Kind::object;
        object(json, depth);
    } else if (c == '[') {
        json.kind = Json::Kind::list;
        list(depth);
    } else if (c == '"' || c == '\'') {
        json.kind = Json::Kind::text;
        json.text = quoted();
    } else if (is_word(c)) {
        literal(json);
    } else {
        fail(at_, "a value was expected (an object in { }, a text in quotes, a number, true or false), " + found());
    }
    return json;
}

void Parser::object(Json& json, std::size_t depth)
{
    ++at_;
    for (;;) {
        skip_space();
        if (here() == '}') {
            ++at_;
            return;
        }
        Json::Member member;
        member.at = at_;
        member.key = key();
        expect(':', "behind the key \"" + member.key + '"');
        member.value = value(depth + 1);
        json.members.push_back(std::move(member));
        skip_space();
        if (here() == ',') {
            ++at_;
        } else if (here() != '}') {
            fail(at_, fmt::format("',' or '}}' was expected behind the value of \"{}\", {}", json.members.back().key,
                                  found()));
        }
    }
}

void Parser::list(std::size_t depth)
{
    ++at_;
    for (;;) {
        skip_space();
        if (here() == ']') {
            ++at_;
            return;
        }
        (void)value(depth + 1);
        skip_space();
        if (here() == ',') {
            ++at_;
        } else if (here() != ']') {
            fail(at_, "',' or ']' was expected in the list, " + found());
        }
    }
}

std::string Parser::key()
{
    if (here() == '"' || here() == '\'') {
        return quoted();
    }
    const std::size_t begin = at_;
    const std::string_view bare = word();
    if (bare.empty()) {
        fail(begin, "a key or '}' was expected, " + found());
    }
    if (bare.find_first_of("+-.") != std::string_view::npos) {
        fail(begin, fmt::format("the key {0} must stand in quotes: \"{0}\"", bare));
    }
    return std::string(bare);
}

std::string Parser::quoted()
{
    const std::size_t begin = at_++;
    const char quote = text_[begin];
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
        if (text_[at_] == quote) {
            std::string meant;
            std::size_t bad = 0;
            const std::string_view raw = text_.substr(begin + 1, at_ - begin - 1);
            if (const char* const wrong = load::unescape(raw, meant, bad)) {
                fail(begin + 1 + bad, wrong);
            }
            ++at_;
            return meant;
        }
        if (text_[at_] == '\\') {
            ++at_;
        }
    }
    fail(begin, fmt::format("the text is not closed; {} was expected before the end of the line", quote));
}

std::string_view Parser::word()
{
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) {
        ++at_;
    }
    return text_.substr(begin, at_ - begin);
}

void Parser::literal(Json& json)
{
    const std::string_view bare = word();
    if (bare == "null") {
        return;
    }
    if (bare == "true" || bare == "false") {
        json.kind = Json::Kind::boolean;
        json.integer = bare == "true" ? 1 : 0;
    } else if (!number(bare, json)) {
        fail(json.at, fmt::format("'{0}' is no value; a text stands in quotes: \"{0}\"", bare));
    }
}

bool Parser::number(std::string_view word, Json& json)
{
    std::string_view digits = word;
    const bool negative = digits.starts_with('-');
    digits.remove_prefix(negative || digits.starts_with('+') ? 1 : 0);
    const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
    digits.remove_prefix(hex ? 2 : 0);
    if (digits.empty() || digits.front() == '-' || digits.front() == '+') {
        return false;
    }
    const char* const end = digits.data() + digits.size();
    std::uint64_t whole = 0;
    const auto [stop, bad] = std::from_chars(digits.data(), end, whole, hex ? 16 : 10);
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (bad == std::errc{} && stop == end && whole <= most + (negative ? 1 : 0)) {
        json.kind = Json::Kind::integer;
        json.integer = static_cast<std::int64_t>(negative ? 0 - whole : whole);
        return true;
    }
    json.kind = Json::Kind::real;
    if (digits == "Infinity" || digits == "NaN") {
        json.real =
            digits == "NaN" ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    } else if (hex || std::isalpha(static_cast<unsigned char>(digits.front())) != 0) {
        return false;
    } else {
        const auto [real_stop, real_bad] = std::from_chars(digits.data(), end, json.real);
        if (real_bad != std::errc{} || real_stop != end) {
            return false;
        }
    }
    json.real = negative ? -json.real : json.real;
    return true;
}

} // namespace

std::string_view to_string(Json::Kind kind)
{
    constexpr std::string_view names[] = {"null",   "true or false", "an integer", "a number",
                                          "a text", "an object",     "a list"};
    return names[static_cast<std::size_t>(kind)];
}

base::Result<Json> parse_json(std::string_view text, std::size_t most_depth)
{
    try {
        return Parser(text, most_depth).whole();
    } catch (Fault& fault) {
        return std::unexpected(std::move(fault));
    }
}

} // namespace iochron::db::group
