#pragma once

#include "db/load/definitions.h"

#include <string>
#include <string_view>

namespace iochron::db::load {

/// A piece of .db or substitutions text. Of a quoted string, `word` holds what stands between the quotes, as it stands.
struct Token {
    enum class Kind : unsigned char {
        end,
        word,
        quoted,
        open_parenthesis,
        close_parenthesis,
        open_brace,
        close_brace,
        comma,
        equals,
    };

    Kind kind = Kind::end;
    Word word;

    [[nodiscard]] bool named() const { return kind == Kind::word || kind == Kind::quoted; }
    [[nodiscard]] bool is(std::string_view keyword) const { return kind == Kind::word && word.text == keyword; }
};

/// For messages: "'}'", "\"text\"" or "the end of the file".
[[nodiscard]] std::string describe(const Token& token);

} // namespace iochron::db::load
