#include "ioc/command/list.h"

namespace iochron::ioc::command {

void exit(Shell& shell, std::span<const std::string>)
{
    shell.exit();
}

} // namespace iochron::ioc::command
