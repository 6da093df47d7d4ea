#include "ioc/command/list.h"

#include "ioc/ioc.h"

#include <fmt/ostream.h>

#include <cstdlib>
#include <ostream>

namespace iochron::ioc::command {

void counters(Shell& shell, std::span<const std::string>)
{
    for (const auto& [name, count] : shell.ioc().counters()) {
        fmt::print(shell.out(), "{:<32} {}\n", name, count);
    }
    fmt::print(shell.out(), "end of counters\n");
}

void casr(Shell& shell, std::span<const std::string> arguments)
{
    shell.out() << shell.ioc().ca_report(arguments.empty() ? 0 : std::atoi(arguments[0].c_str()));
}

void pvasr(Shell& shell, std::span<const std::string> arguments)
{
    shell.out() << shell.ioc().pva_report(arguments.empty() ? 0 : std::atoi(arguments[0].c_str()));
}

} // namespace iochron::ioc::command
