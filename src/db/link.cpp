#include "db/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

namespace iochron::db {

namespace {

using Text = std::string_view;

Text trimmed(Text text)
{
    constexpr Text blanks = " \t\r\n\f\v";
    const std::size_t from = text.find_first_not_of(blanks);
    return from == Text::npos ? Text{} : text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

/// A number as strtod reads one, and nothing behind it.
bool parse_number(Text text, double& number)
{
    if (text.empty() || text.size() > 63) {
        return false;
    }
    if (text.find_first_not_of("+-.0123456789eE") == Text::npos) {
        const Text digits = text.front() == '+' ? text.substr(1) : text;
        const auto end = digits.data() + digits.size();
        const auto [at, fault] = std::from_chars(digits.data(), end, number);
        if (fault == std::errc{}) {
            return at == end;
        }
    }
    const std::string copy(text);
    char* end = nullptr;
    number = std::strtod(copy.c_str(), &end);
    return end == copy.c_str() + copy.size();
}

void parse_modifiers(Text words, Dbf direction, ParsedLink& link)
{
    const auto has = [&](Text word) { return words.find(word) != Text::npos; };
    if (has("NPP")) {
        link.flags = 0;
    } else if (has("CPP")) {
        link.flags = link_cpp;
    } else if (has("PP")) {
        link.flags = link_pp;
    } else if (has("CA")) {
        link.flags = link_ca;
    } else if (has("CP")) {
        link.flags = link_cp;
    }
    link.inherit = has("NMS")   ? Inherit::none
                   : has("MSI") ? Inherit::invalid
                   : has("MSS") ? Inherit::status
                   : has("MS")  ? Inherit::severity
                                : Inherit::none;
    if (direction == Dbf::outlink) {
        link.flags &= static_cast<std::uint8_t>(~(link_cp | link_cpp));
    } else if (direction == Dbf::fwdlink) {
        link.flags &= link_ca;
        link.inherit = Inherit::none;
    }
}

/// Reads JSON5 as far as constants need it: numbers, texts in either quote, arrays of them, and {const: x}.
/// Thread: shard
class ConstantReader {
  public:
    explicit ConstantReader(Text text) : rest_(text) {}

    std::expected<pv::Value, std::string> whole()
    {
        pv::Value value = any();
        skip();
        if (bad_ || !rest_.empty()) {
            return std::unexpected("expected a number, a \"text\", an [array] of them or {const: one of these}");
        }
        return value;
    }

  private:
    void skip() { rest_ = trimmed(rest_); }
    bool take(char c)
    {
        skip();
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    pv::Value fail()
    {
        bad_ = true;
        rest_ = {};
        return {};
    }

    pv::Value any()
    {
        skip();
        if (rest_.empty()) {
            return fail();
        }
        switch (rest_.front()) {
        case '{':
            return object();
        case '[':
            return array();
        case '"':
        case '\'':
            return pv::Value::of(Text(quoted()));
        default:
            return number();
        }
    }

    pv::Value object()
    {
        take('{');
        skip();
        const bool in_quotes = !rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'');
        const std::string key = in_quotes ? quoted() : std::string(rest_.substr(0, rest_.find_first_of(": \t")));
        if (!in_quotes) {
            rest_.remove_prefix(key.size());
        }
        if (key != "const" || !take(':')) {
            return fail();
        }
        if (++depth_ > most_depth) {
            return fail();
        }
        pv::Value value = any();
        return take('}') ? value : fail();
    }

    pv::Value array()
    {
        take('[');
        std::vector<pv::Value> numbers;
        std::vector<std::string> texts;
        while (!bad_ && !take(']')) {
            skip();
            if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) {
                texts.push_back(quoted());
            } else {
                numbers.push_back(number());
            }
            skip();
            if (!take(',') && (rest_.empty() || rest_.front() != ']')) {
                return fail();
            }
        }
        if (bad_ || (!numbers.empty() && !texts.empty())) {
            return fail();
        }
        return texts.empty() ? array_of(numbers) : pv::Value::string_array(texts);
    }

    std::string quoted()
    {
        const char quote = rest_.front();
        std::string text;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == quote) {
                rest_.remove_prefix(i + 1);
                return text;
            }
            if (rest_[i] == '\\' && i + 1 < rest_.size()) {
                const char c = rest_[++i];
                text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
            } else {
                text += rest_[i];
            }
        }
        fail();
        return text;
    }

    /// An integer keeps all its digits.
    pv::Value number()
    {
        const Text word = rest_.substr(0, rest_.find_first_of(",]} \t\n"));
        double value = 0;
        if (!parse_number(word, value)) {
            return fail();
        }
        rest_.remove_prefix(word.size());
        std::int64_t integer = 0;
        const auto [at, fault] = std::from_chars(word.data(), word.data() + word.size(), integer);
        const bool whole = fault == std::errc{} && at == word.data() + word.size();
        return whole ? pv::Value::of(integer) : pv::Value::of(value);
    }

    static pv::Value array_of(const std::vector<pv::Value>& numbers)
    {
        constexpr auto is_whole = [](const pv::Value& number) { return number.type() == pv::ScalarType::int64; };
        std::vector<std::int64_t> integers;
        std::vector<double> doubles;
        const bool whole = !numbers.empty() && std::ranges::all_of(numbers, is_whole);
        for (const pv::Value& number : numbers) {
            if (whole) {
                integers.push_back(number.get<std::int64_t>());
            } else {
                doubles.push_back(number.as_double());
            }
        }
        return whole ? pv::Value::array_of(std::span<const std::int64_t>(integers))
                     : pv::Value::array_of(std::span<const double>(doubles));
    }

    static constexpr unsigned most_depth = 8;

    Text rest_;
    unsigned depth_ = 0;
    bool bad_ = false;
};

} // namespace

std::expected<pv::Value, std::string> parse_constant(Text text)
{
    return ConstantReader(trimmed(text)).whole();
}

std::expected<ParsedLink, std::string> parse_link(Text text, Dbf direction)
{
    ParsedLink link;
    link.target = trimmed(text);
    if (link.target.empty()) {
        return link;
    }
    const char first = link.target.front();
    if (first == '@' || first == '#') {
        link.kind = LinkKind::device;
    } else if (parse_number(link.target, link.number)) {
        link.kind = LinkKind::number;
    } else if ((first == '[' && link.target.back() == ']') || (first == '{' && link.target.back() == '}')) {
        const auto value = parse_constant(link.target);
        if (!value) {
            return std::unexpected(first == '{' ? "of the JSON links only {const: value} is known" : value.error());
        }
        if (first == '{' && direction != Dbf::inlink) {
            return std::unexpected("{const: value} is a link to read, not to write or to forward to");
        }
        link.kind = LinkKind::constant;
    } else {
        link.kind = LinkKind::wanted;
        const std::size_t blank = link.target.find(' ');
        if (blank != Text::npos) {
            parse_modifiers(link.target.substr(blank), direction, link);
            link.target = trimmed(link.target.substr(0, blank));
        }
    }
    return link;
}

std::string modifiers(const Link& link, Dbf direction)
{
    if (direction == Dbf::fwdlink) {
        return link.is(link_ca) ? " CA" : "";
    }
    constexpr Text inherit[] = {" NMS", " MS", " MSI", " MSS"};
    if (link.is(link_awaits)) { // no word of PP or NPP, as EPICS Base
        return std::string(inherit[static_cast<unsigned>(link.inherit)]);
    }
    const Text process = link.is(link_pp)    ? " PP"
                         : link.is(link_ca)  ? " CA"
                         : link.is(link_cp)  ? " CP"
                         : link.is(link_cpp) ? " CPP"
                                             : " NPP";
    return fmt::format("{}{}", process, inherit[static_cast<unsigned>(link.inherit)]);
}

LinkId Links::make(const Link& link, Text text)
{
    const LinkId id{nodes_.make()};
    (*this)[id] = link;
    if (!text.empty()) {
        keep_text(id, text);
    }
    return id;
}

void Links::free(LinkId link)
{
    if (link != no_link) {
        drop_text(link);
        nodes_.free(static_cast<Node>(link));
    }
}

Text Links::text(LinkId link) const
{
    const auto found = texts_.find(static_cast<std::uint32_t>(link));
    return found == texts_.end() ? Text{} : Text(found->second);
}

void Links::keep_text(LinkId link, Text text)
{
    texts_[static_cast<std::uint32_t>(link)] = text;
    (*this)[link].has_text = 1;
}

void Links::drop_text(LinkId link)
{
    if ((*this)[link].has_text != 0) {
        texts_.erase(static_cast<std::uint32_t>(link));
        (*this)[link].has_text = 0;
    }
}

std::size_t Links::memory_bytes() const
{
    std::size_t bytes = nodes_.memory_bytes() + texts_.bucket_count() * sizeof(void*);
    for (const auto& [link, text] : texts_) {
        bytes += 64 + (text.capacity() > 15 ? text.capacity() : 0);
    }
    return bytes;
}

} // namespace iochron::db
