#include "ioc/command/list.h"

#include "ioc/ioc.h"

#include <fmt/ostream.h>

#include <ostream>

namespace iochron::ioc::command {

void ioc_init(Shell& shell, std::span<const std::string>)
{
    shell.ioc().start();
    fmt::print(shell.out(), "iocRun: All initialization complete\n");
}

void ioc_pause(Shell& shell, std::span<const std::string>)
{
    shell.ioc().pause();
}

void ioc_run(Shell& shell, std::span<const std::string>)
{
    shell.ioc().resume();
}

} // namespace iochron::ioc::command
