#include "calc/compile_error.h"

#include <fmt/format.h>

namespace iochron::calc {

std::string CompileError::text(std::string_view expression) const
{
    constexpr std::size_t shown = 200;
    const bool whole = expression.size() <= shown;
    return fmt::format("{} at column {} of '{}{}'; {}", what, column + 1, expression.substr(0, shown),
                       whole ? "" : "...", remedy);
}

} // namespace iochron::calc
