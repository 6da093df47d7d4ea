#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace iochron::base {

/// A place in a text that a user wrote. Line and column count from 1; 0 where the text has no lines.
struct Place {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
};

/// "motor.db:12:7", or the file alone where there is no line.
[[nodiscard]] std::string to_string(const Place& place);

/// The user is wrong: what(), ready to print, is "file:line:column: what is wrong; the remedy".
class Problem : public std::runtime_error {
  public:
    Problem(const Place& place, std::string_view text);
    explicit Problem(std::string_view text);
};

} // namespace iochron::base
