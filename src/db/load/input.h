#pragma once

#include "base/limits.h"
#include "db/load/expander.h"
#include "db/load/search_path.h"

#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace iochron::db::load {

/// The text of a .db file and of the files it includes, with macros expanded. It is handed out in segments that no
/// token crosses: all lines up to the next one with a macro reference, as they stand in the file, or one such line,
/// expanded. So text without macros is never copied.
/// Thread: any (distinct objects)
class Input {
  public:
    /// Keeps the macros, the files and the limits.
    Input(const Macros& macros, SearchPath search, Files& files, const base::Limits& limits);

    /// Goes on with that file, and behind it with what is left of the present one. Throws Problem at `from` where it
    /// is not found, includes itself, is too large or too deep.
    void include(std::string_view name, const Mark& from);
    /// As include(), with text that was read already.
    void push(std::string_view name, FileText file, const Mark& from);
    [[nodiscard]] SearchPath& search() { return search_; }

    /// Goes to the next byte that is neither space nor comment, across lines and files. False at the end of all.
    bool skip_space()
    {
        const char* const at = cursor_.at;
        return (at != cursor_.end && *at > ' ' && *at != '#') || skip_more();
    }

    // A token is read between at() and end(), and then taken.
    [[nodiscard]] const char* at() const { return cursor_.at; }
    [[nodiscard]] const char* end() const { return cursor_.end; }
    void take_to(const char* at) { cursor_.at = at; }
    [[nodiscard]] Mark mark(const char* at) const
    {
        const std::uint32_t column =
            cursor_.expanded == nullptr
                ? static_cast<std::uint32_t>(at - cursor_.line_begin) + 1
                : cursor_.expanded->column(static_cast<std::size_t>(at - cursor_.expanded->text.data()));
        return {cursor_.file, cursor_.line, column};
    }
    [[nodiscard]] Mark mark() const { return mark(cursor_.at); }

    /// Views of tokens taken before this call are no longer needed.
    void release();

  private:
    struct Cursor {
        const char* at = nullptr;
        const char* end = nullptr;
        const char* line_begin = nullptr;
        const ExpandedLine* expanded = nullptr;
        const std::string* file = nullptr;
        std::uint32_t line = 1;
    };
    struct Frame {
        Cursor cursor; ///< of a file that waits for one it includes
        FileText file;
        std::size_t next = 0;      ///< where the next segment begins
        std::size_t reference = 0; ///< the first macro reference at or after `next`, once looked for
        std::unique_ptr<ExpandedLine> line;
    };

    bool skip_more();
    bool next_segment();
    void cut_segment(Frame& frame);
    void expand_line(Frame& frame);
    [[nodiscard]] std::string chain() const;

    Expander expander_;
    SearchPath search_;
    Files& files_;
    const base::Limits& limits_;
    Cursor cursor_;
    std::vector<Frame> frames_;
    std::deque<std::string> names_;                    ///< of all files ever begun, for marks
    std::vector<std::unique_ptr<ExpandedLine>> spent_; ///< lines that tokens may still point into
    std::vector<std::unique_ptr<ExpandedLine>> spare_;
    std::vector<FileText> closed_; ///< files that tokens may still point into
};

} // namespace iochron::db::load
