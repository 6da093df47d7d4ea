#pragma once

#include "db/load/token.h"

#include <string>
#include <string_view>

namespace iochron::db::load {

/// Cuts a substitutions file into tokens. Nothing is expanded here.
/// Thread: any (distinct objects)
class SubstitutionsLexer {
  public:
    /// Keeps both; `file` is the name for marks.
    SubstitutionsLexer(const std::string& file, std::string_view text) : file_(file), text_(text) {}

    /// The next token. In a `value`, '=' is a letter like any other. Throws Problem at what is no token.
    [[nodiscard]] Token next(bool value = false);

  private:
    void skip_space();
    [[nodiscard]] Token quoted(const Mark& mark);

    const std::string& file_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_begin_ = 0;
    std::uint32_t line_ = 1;
};

} // namespace iochron::db::load
