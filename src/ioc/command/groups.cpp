#include "ioc/command/list.h"

#include "base/problem.h"
#include "ioc/ioc.h"

#include <cstdlib>
#include <ostream>

namespace iochron::ioc::command {

void db_load_group(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.empty() || arguments.size() > 2 || arguments[0].empty()) {
        throw base::Problem("dbLoadGroup wants a file of groups and, if it has macros, their values: "
                            "dbLoadGroup(\"image.json\", \"P=CAM1\")");
    }
    const std::string macros = arguments.size() == 2 ? arguments[1] : std::string{};
    if (arguments[0].starts_with('-')) {
        shell.ioc().forget_groups(arguments[0].substr(1), macros);
    } else {
        shell.ioc().load_groups(arguments[0], macros);
    }
}

void pvxgl(Shell& shell, std::span<const std::string> arguments)
{
    shell.out() << shell.ioc().groups_text(arguments.empty() ? 0 : std::atoi(arguments[0].c_str()),
                                           arguments.size() > 1 ? std::string_view(arguments[1]) : std::string_view{});
}

} // namespace iochron::ioc::command
