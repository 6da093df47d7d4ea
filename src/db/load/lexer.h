#pragma once

#include "db/load/definitions.h"
#include "db/load/input.h"

#include <string>

namespace iochron::db::load {

/// A piece of .db text outside values. Of a quoted string, `text` is what stands between the quotes, as it stands:
/// EPICS resolves escapes in values only.
struct Token {
    enum class Kind : unsigned char { end, word, quoted, open, close, open_brace, close_brace, comma };

    Kind kind = Kind::end;
    Word word;

    [[nodiscard]] bool named() const { return kind == Kind::word || kind == Kind::quoted; }
};

/// "the end of the file", "'{'" or "'word'", for messages.
[[nodiscard]] std::string describe(const Token& token);

/// Cuts .db text into tokens. Throws Problem at what is no token.
/// Thread: any (distinct objects)
class Lexer {
  public:
    explicit Lexer(Input& input) : input_(input) {}

    [[nodiscard]] Token next();
    /// Takes the next token if it is this punctuation byte.
    [[nodiscard]] bool accept(char punctuation)
    {
        if (!input_.skip_space() || *input_.at() != punctuation) {
            return false;
        }
        input_.take_to(input_.at() + 1);
        return true;
    }

  private:
    [[nodiscard]] Token quoted();

    Input& input_;
};

} // namespace iochron::db::load
