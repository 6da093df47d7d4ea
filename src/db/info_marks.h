#pragma once

#include "base/problem.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db {

/// The info item of a record that has its mappings in groups (QSRV).
inline constexpr std::string_view group_item = "Q:group";

/// From byte `offset` of an info item on, it was written at that line and column of its file.
struct InfoMark {
    std::uint32_t offset = 0;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// Where an info item was written, which as JSON is kept without its space and lines.
struct InfoMarks {
    std::string file;
    std::vector<InfoMark> marks; ///< by offset; empty: not known

    [[nodiscard]] base::Place place(std::size_t offset) const
    {
        const auto behind =
            std::ranges::upper_bound(marks, offset, {}, [](const InfoMark& mark) { return std::size_t{mark.offset}; });
        if (behind == marks.begin()) {
            return {.file = file};
        }
        const InfoMark& mark = *(behind - 1);
        return {file, mark.line, mark.column + (offset - mark.offset)};
    }
};

} // namespace iochron::db
