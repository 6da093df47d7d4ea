#pragma once

#include "pv/value.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace iochron::pv {

/// Element i of numbers or texts, 0 of a scalar, with nothing around it; numbers with 6 digits.
[[nodiscard]] std::string plain_element(const Value& value, std::size_t i);
/// With C's escapes for what cannot be printed, quotes and backslashes.
[[nodiscard]] std::string escaped(std::string_view text);

} // namespace iochron::pv
