#pragma once

#include "db/load/input.h"
#include "db/load/token.h"

namespace iochron::db::load {

/// Cuts .db text outside values into tokens; EPICS resolves escapes in values only. Throws Problem at what is no token.
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
