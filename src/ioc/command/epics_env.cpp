#include "ioc/command/list.h"

#include "base/problem.h"
#include "ioc/ioc.h"

#include <fmt/ostream.h>

#include <ostream>

namespace iochron::ioc::command {

void epics_env_set(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.empty() || arguments.size() > 2) {
        throw base::Problem("epicsEnvSet wants a name and a value: epicsEnvSet(\"P\", \"BL01\")");
    }
    const std::string value = arguments.size() == 2 ? arguments[1] : std::string{};
    shell.environment()[arguments[0]] = value;
    shell.ioc().set_environment(arguments[0], value);
}

void epics_env_show(Shell& shell, std::span<const std::string> arguments)
{
    for (const auto& [name, value] : shell.environment()) {
        if (arguments.empty() || arguments.front() == name) {
            fmt::print(shell.out(), "{}={}\n", name, value);
        }
    }
}

} // namespace iochron::ioc::command
