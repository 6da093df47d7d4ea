#include "ioc/command/list.h"

#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <ostream>

namespace iochron::ioc::command {

void echo(Shell& shell, std::span<const std::string> arguments)
{
    fmt::print(shell.out(), "{}\n", fmt::join(arguments, " "));
}

} // namespace iochron::ioc::command
