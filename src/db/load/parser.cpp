#include "db/load/parser.h"

#include "base/nearest.h"
#include "db/load/input.h"
#include "db/load/lexer.h"
#include "db/load/value_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace iochron::db::load {
namespace {

using Kind = Token::Kind;

/// Statements of .dbd files, and of .db files that are not taken, each with what to do instead.
struct Refused {
    std::string_view keyword;
    std::string_view remedy;
};
constexpr std::string_view built_in = "record types and device support are built in; load no .dbd text, take it out";
constexpr std::array refused{
    Refused{"menu", "menus are built in; take the block out (a scan period of your own is named in the record, as in "
                    "field(SCAN, \".05 second\"))"},
    Refused{"breaktable", "breakpoint tables are not built yet; use LINEAR SLOPE or a calc record instead"},
    Refused{"recordtype", built_in},
    Refused{"device", built_in},
    Refused{"driver", built_in},
    Refused{"link", built_in},
    Refused{"registrar", built_in},
    Refused{"function", built_in},
    Refused{"variable", built_in},
};

class Parser {
  public:
    Parser(Input& input, const base::Limits& limits, Definitions& definitions)
        : input_(input), lexer_(input), values_(input, limits), definitions_(definitions)
    {}

    void file();

  private:
    void statement(const Token& keyword);
    void record();
    void body();
    void item(const Token& keyword);
    void alias();
    void include();

    void expect(char punctuation, std::string_view what);
    Word name(std::string_view what);
    [[noreturn]] static void unexpected(std::string_view what, const Token& found);
    [[noreturn]] static void unknown(const Token& found, std::string_view what,
                                     std::span<const std::string_view> known);

    Input& input_;
    Lexer lexer_;
    ValueReader values_;
    Definitions& definitions_;
};

void Parser::file()
{
    for (;;) {
        input_.release();
        const Token keyword = lexer_.next();
        if (keyword.kind == Kind::end) {
            return;
        }
        statement(keyword);
    }
}

void Parser::statement(const Token& keyword)
{
    constexpr std::array<std::string_view, 6> known{"record", "grecord", "alias", "include", "path", "addpath"};
    const std::string_view word = keyword.word.text;
    if (keyword.kind != Kind::word) {
        unexpected("record(type, \"name\") or another statement", keyword);
    } else if (word == "record" || word == "grecord") {
        record();
    } else if (word == "alias") {
        alias();
    } else if (word == "include") {
        include();
    } else if (word == "path") {
        input_.search().set(name("a list of directories").text);
    } else if (word == "addpath") {
        input_.search().add(name("a list of directories").text);
    } else if (const auto found = std::ranges::find(refused, word, &Refused::keyword); found != refused.end()) {
        throw problem_at(keyword.word.mark, fmt::format("{}(...) is not taken: {}", word, found->remedy));
    } else {
        unknown(keyword, "a statement", known);
    }
}

void Parser::record()
{
    expect('(', "'(' after record");
    const Word type = name("a record type");
    expect(',', "',' after the record type");
    const Word record_name = name("a record name");
    expect(')', "')' after the record name");
    definitions_.record(type, record_name);
    if (lexer_.accept('{')) {
        body();
    }
    definitions_.end_record();
}

void Parser::body()
{
    for (;;) {
        input_.release();
        const Token keyword = lexer_.next();
        if (keyword.kind == Kind::close_brace) {
            return;
        }
        item(keyword);
    }
}

void Parser::item(const Token& keyword)
{
    constexpr std::array<std::string_view, 4> known{"field", "info", "alias", "include"};
    const std::string_view word = keyword.word.text;
    if (keyword.kind != Kind::word) {
        unexpected("field(NAME, \"value\"), info, alias, include or '}'", keyword);
    } else if (word == "field" || word == "info") {
        const bool field = word == "field";
        expect('(', field ? "'(' after field" : "'(' after info");
        const Word item_name = name(field ? "a field name" : "the name of an info item");
        expect(',', "',' and a value");
        const Value value = values_.read();
        expect(')', "')' after the value (only letters, digits and _-+. need no quotes)");
        field ? definitions_.field(item_name, value) : definitions_.info(item_name, value);
    } else if (word == "alias") {
        expect('(', "'(' after alias");
        const Word record_alias = name("a record name");
        expect(')', "')' after the name");
        definitions_.alias(record_alias);
    } else if (word == "include") {
        include();
    } else if (word == "record" || word == "grecord") {
        unexpected("'}' before the next record", keyword);
    } else {
        unknown(keyword, "a part of a record", known);
    }
}

void Parser::alias()
{
    expect('(', "'(' after alias");
    const Word record = name("the name of a record");
    expect(',', "',' and the other name");
    const Word other = name("the other name");
    expect(')', "')' after the names");
    definitions_.alias(record, other);
}

void Parser::include()
{
    const Word file = name("a file name");
    input_.include(file.text, file.mark);
}

void Parser::expect(char punctuation, std::string_view what)
{
    if (!lexer_.accept(punctuation)) {
        unexpected(what, lexer_.next());
    }
}

Word Parser::name(std::string_view what)
{
    const Token token = lexer_.next();
    if (!token.named()) {
        unexpected(what, token);
    }
    return token.word;
}

void Parser::unexpected(std::string_view what, const Token& found)
{
    throw problem_at(found.word.mark, fmt::format("{} was expected, found {}", what, describe(found)));
}

void Parser::unknown(const Token& found, std::string_view what, std::span<const std::string_view> known)
{
    throw problem_at(found.word.mark, fmt::format("'{}' is not {}; expected one of {}{}", found.word.text, what,
                                                  fmt::join(known, ", "), base::did_you_mean(found.word.text, known)));
}

} // namespace

void read_db(std::string_view name, const Reading& reading, Definitions& definitions)
{
    read_db(name, Mark{}, reading, definitions);
}

void read_db(std::string_view name, const Mark& from, const Reading& reading, Definitions& definitions)
{
    Input input(reading.macros, reading.search, reading.files, reading.limits);
    input.include(name, from);
    Parser(input, reading.limits, definitions).file();
}

void read_db_text(std::string_view name, std::string_view text, const Reading& reading, Definitions& definitions)
{
    Input input(reading.macros, reading.search, reading.files, reading.limits);
    input.push(name, {text, nullptr}, Mark{});
    Parser(input, reading.limits, definitions).file();
}

} // namespace iochron::db::load
