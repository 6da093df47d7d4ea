#pragma once

#include "base/problem.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace iochron::db::load {

/// A place in a file that is being read, cheap enough to go with every token. `file` belongs to the reader and lives
/// until the load ends; what must last longer takes place().
struct Mark {
    const std::string* file = nullptr;
    std::uint32_t line = 0;   ///< from 1
    std::uint32_t column = 0; ///< from 1, in bytes

    [[nodiscard]] base::Place place() const { return {file != nullptr ? *file : std::string{}, line, column}; }
    [[nodiscard]] Mark right(std::size_t bytes) const
    {
        return {file, line, column + static_cast<std::uint32_t>(bytes)};
    }
};

/// The problem at `mark`; without a place where the mark has none (a file named by the program itself).
[[nodiscard]] inline base::Problem problem_at(const Mark& mark, std::string_view text)
{
    return mark.file == nullptr ? base::Problem(text) : base::Problem(mark.place(), text);
}

} // namespace iochron::db::load
