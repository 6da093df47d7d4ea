#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace iochron::ioc {

using Environment = std::map<std::string, std::string>;

/// All variables of this process, read now. Nothing below ioc/ reads the environment.
[[nodiscard]] Environment process_environment();

/// One of them, now.
[[nodiscard]] std::optional<std::string> process_variable(std::string_view name);

/// Prints a line to standard output (1) or standard error (2) at once.
void print_line(int stream, std::string_view line);

/// The text with each $(NAME), ${NAME} and $(NAME=default) replaced, as iocsh does it. A variable that is not set
/// throws base::Problem with its name.
[[nodiscard]] std::string expand(std::string_view text, const Environment& environment);

} // namespace iochron::ioc
