#include "db/load/substitutions.h"

#include "db/load/expander.h"
#include "db/load/substitutions_lexer.h"

#include <fmt/format.h>

#include <vector>

namespace iochron::db::load {
namespace {

using Kind = Token::Kind;

/// A value as a macro's raw value: what was quoted stays quoted.
std::string raw_value(const Token& token)
{
    if (token.kind == Kind::word) {
        return std::string(token.word.text);
    }
    std::string raw = "\"";
    for (std::size_t at = 0; at < token.word.text.size(); ++at) {
        const char c = token.word.text[at];
        if (c == '\\' && at + 1 < token.word.text.size()) {
            raw += c;
            raw += token.word.text[++at];
        } else {
            raw += c == '"' ? "\\\"" : std::string_view(&c, 1); // between single quotes it need not be escaped
        }
    }
    return raw + '"';
}

class SubstitutionsReader {
  public:
    SubstitutionsReader(const std::string& name, std::string_view text, const Reading& reading,
                        Definitions& definitions)
        : lexer_(name, text), reading_(reading), definitions_(definitions), macros_(reading.macros)
    {}

    void file();

  private:
    void template_block();
    void pattern_names();
    void values(Macros& set);
    void assignments(Macros& macros);
    void global();
    void load(const Mark& at, const Macros& macros);
    Token after(Kind kind, std::string_view what);
    [[noreturn]] static void unexpected(std::string_view what, const Token& found);

    SubstitutionsLexer lexer_;
    const Reading& reading_;
    Definitions& definitions_;
    Macros macros_; ///< given and global ones
    SearchPath::Found template_;
    bool pattern_ = false;
    std::vector<std::string_view> names_;
};

void SubstitutionsReader::file()
{
    for (Token token = lexer_.next(); token.kind != Kind::end; token = lexer_.next()) {
        if (token.is("global")) {
            global();
        } else if (token.is("file")) {
            template_block();
        } else {
            unexpected("'file NAME {' or 'global {'", token);
        }
    }
}

void SubstitutionsReader::template_block()
{
    const Token name = lexer_.next();
    if (!name.named()) {
        unexpected("a template's file name", name);
    }
    const std::string file = Expander(macros_, reading_.limits).expand(name.word.text, name.word.mark);
    template_ = reading_.search.open(reading_.files, file, name.word.mark);
    pattern_ = false;
    after(Kind::open_brace, "'{' after the template's name");
    for (Token token = lexer_.next(); token.kind != Kind::close_brace; token = lexer_.next()) {
        if (token.is("global")) {
            global();
        } else if (token.is("pattern")) {
            pattern_names();
        } else if (token.kind == Kind::open_brace) {
            Macros set = macros_;
            pattern_ ? values(set) : assignments(set);
            load(token.word.mark, set);
        } else if (token.kind == Kind::word) {
            unexpected("'{', pattern, global or '}'", token);
        } else if (token.kind != Kind::comma) {
            unexpected("a set of values in { } or '}'", token);
        }
    }
}

void SubstitutionsReader::pattern_names()
{
    pattern_ = true;
    names_.clear();
    after(Kind::open_brace, "'{' after pattern");
    for (Token token = lexer_.next(); token.kind != Kind::close_brace; token = lexer_.next()) {
        if (token.named()) {
            names_.push_back(token.word.text);
        } else if (token.kind != Kind::comma) {
            unexpected("a macro name or '}'", token);
        }
    }
}

/// The values of a pattern, in the order of its names. Where there are fewer, the rest stays undefined.
void SubstitutionsReader::values(Macros& set)
{
    std::size_t count = 0;
    for (Token token = lexer_.next(true); token.kind != Kind::close_brace; token = lexer_.next(true)) {
        if (token.kind == Kind::comma) {
            continue;
        }
        if (!token.named()) {
            unexpected("a value or '}'", token);
        }
        if (count == names_.size()) {
            throw problem_at(token.word.mark,
                             fmt::format("there are more values than the {} names of the pattern; take "
                                         "the rest out, or quote values with space or commas",
                                         names_.size()));
        }
        set.set(names_[count++], raw_value(token));
    }
}

/// NAME=value, NAME="value" up to the closing bracket.
void SubstitutionsReader::assignments(Macros& macros)
{
    for (Token token = lexer_.next(); token.kind != Kind::close_brace; token = lexer_.next()) {
        if (token.kind == Kind::comma) {
            continue;
        }
        if (!token.named()) {
            unexpected("NAME=value or '}'", token);
        }
        after(Kind::equals, "'=' after the macro name (names in a row need a pattern)");
        const Token value = lexer_.next(true);
        if (!value.named()) {
            unexpected("a value (an empty one is \"\")", value);
        }
        macros.set(token.word.text, raw_value(value));
    }
}

void SubstitutionsReader::global()
{
    after(Kind::open_brace, "'{' after global");
    assignments(macros_);
}

void SubstitutionsReader::load(const Mark& at, const Macros& macros)
{
    const Reading reading{reading_.files, macros, reading_.search, reading_.limits};
    definitions_.values_at(at);
    try {
        read_db_text(template_.path, template_.file.text, reading, definitions_);
    } catch (const base::Problem& problem) {
        throw base::Problem(fmt::format("{}; with the values at {}", problem.what(), base::to_string(at.place())));
    }
    definitions_.values_at(Mark{});
}

Token SubstitutionsReader::after(Kind kind, std::string_view what)
{
    const Token token = lexer_.next();
    if (token.kind != kind) {
        unexpected(what, token);
    }
    return token;
}

void SubstitutionsReader::unexpected(std::string_view what, const Token& found)
{
    throw problem_at(found.word.mark, fmt::format("{} was expected, found {}", what, describe(found)));
}

} // namespace

void read_substitutions(std::string_view name, const Reading& reading, Definitions& definitions)
{
    const SearchPath::Found found = reading.search.open(reading.files, name, Mark{});
    read_substitutions_text(found.path, found.file.text, reading, definitions);
}

void read_substitutions_text(std::string_view name, std::string_view text, const Reading& reading,
                             Definitions& definitions)
{
    const std::string file(name);
    if (text.size() > reading.limits.file_bytes) {
        throw base::Problem(fmt::format("'{}' has {} bytes, {} at most are read; split it", name, text.size(),
                                        reading.limits.file_bytes));
    }
    SubstitutionsReader(file, text, reading, definitions).file();
}

} // namespace iochron::db::load
