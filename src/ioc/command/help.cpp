#include "ioc/command/list.h"

#include <fmt/ostream.h>

#include <ostream>

namespace iochron::ioc::command {

void help(Shell& shell, std::span<const std::string> arguments)
{
    for (const Command& command : commands()) {
        if (arguments.empty() || arguments.front() == command.name) {
            fmt::print(shell.out(), "{:<16} {:<28} {}\n", command.name, command.arguments, command.summary);
        }
    }
}

} // namespace iochron::ioc::command
