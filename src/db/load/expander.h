#pragma once

#include "base/limits.h"
#include "db/load/macros.h"
#include "db/load/mark.h"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::load {

/// A line after expansion, which still knows where each of its bytes was written.
struct ExpandedLine {
    /// From byte `begin` on, the text stood at `column`; a value that took a reference's place stands, all of it,
    /// at that reference.
    struct Piece {
        std::size_t begin;
        std::uint32_t column;
        bool literal;
    };

    std::string text;
    std::vector<Piece> pieces;

    [[nodiscard]] std::uint32_t column(std::size_t offset) const;
};

/// Resolves macro references as EPICS macLib does: $(NAME) and ${NAME}, $(NAME=default), names and defaults that hold
/// references, $(NAME,A=1,B=2) with values for the inside only. In the text itself quotes and escapes stay, and
/// nothing is expanded between single quotes or after a backslash; from names, values and defaults they are removed.
/// Checked against macLib on random texts; one rule differs: a backslash protects what would end a default also where
/// the default is not used. Unlike macLib, an undefined, recursive or unclosed reference throws Problem, at the place
/// where it is written. Thread: any (distinct objects)
class Expander {
  public:
    /// Keeps both.
    Expander(const Macros& macros, const base::Limits& limits) : macros_(macros), limits_(limits) {}

    /// The whole text, which starts at `start`.
    [[nodiscard]] std::string expand(std::string_view text, const Mark& start);

    /// One line of a .db file into `line`. Where a comment begins in the result, the line ends: what is commented out
    /// need not be defined (that is how $(IF=#) switches a line off).
    void expand_line(std::string_view text, const Mark& start, ExpandedLine& line);

  private:
    class Quoting;

    void begin(const Mark& start);
    void translate(std::string_view text, std::size_t& at, std::string_view ends, std::string* out);
    void reference(std::string_view text, std::size_t& at, std::string& out);
    void define_scoped(std::string_view text, std::size_t& at, std::string_view ends);
    void use(const Macro& macro, std::string& out);
    [[nodiscard]] std::size_t after_reference(std::string_view text, std::size_t at);
    [[nodiscard]] const Macro* find(std::string_view name) const;
    void enter();
    void spend(std::size_t work);
    void bad_name(std::string_view name, std::string& out, bool recursive) const;

    const Macros& macros_;
    const base::Limits& limits_;
    std::deque<Macro> scoped_;         ///< values for the inside of the references under way, inmost last
    std::vector<const Macro*> active_; ///< macros whose values are being used, outmost first
    Mark origin_;                      ///< the reference in the text that is being resolved
    std::size_t depth_ = 0;            ///< references open, one inside the other
    std::size_t work_ = 0;             ///< bytes of values gone through since the text began
    bool lenient_ = false;             ///< a reference that cannot be resolved stays as text, for later
};

} // namespace iochron::db::load
