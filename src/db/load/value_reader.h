#pragma once

#include "db/load/definitions.h"
#include "db/load/input.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::load {

/// Reads the values of fields and info items: a string in double or single quotes, a bare word, or JSON. The rules
/// are those of EPICS 7: bare words are made of letters, digits and _ - + . only, and a string takes the escapes
/// \a \b \f \n \r \t \v \xHH and \uHHHH (UTF-8; EPICS leaves that one alone); before other bytes but digits a
/// backslash is dropped.
/// Thread: any (distinct objects)
class ValueReader {
  public:
    ValueReader(Input& input, const base::Limits& limits) : input_(input), limits_(limits) {}

    /// The value that comes next. Good until the next call, or until the input is released.
    [[nodiscard]] Value read();

  private:
    struct Piece {
        std::string_view text; ///< of a string, with its quotes
        Mark mark;
        char kind; ///< the punctuation byte; 'w' word, 's' string, 0 the end
        bool escapes = false;
    };

    [[nodiscard]] Piece next();
    [[nodiscard]] Piece string_piece(char quote);
    void unescape(const Piece& string);
    void json(const Piece& first, std::size_t depth);
    void container(const Piece& open, std::size_t depth);
    void key(const Piece& piece);
    void note(const Piece& piece);

    Input& input_;
    const base::Limits& limits_;
    std::string scratch_;
    std::vector<InfoMark> marks_; ///< of the JSON in scratch_
};

} // namespace iochron::db::load
