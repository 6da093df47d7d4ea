#include "ioc/command/list.h"

#include "base/problem.h"
#include "db/database.h"
#include "ioc/ioc.h"

namespace iochron::ioc::command {

void post_event(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.size() != 1) {
        throw base::Problem("postEvent wants the event's name or number: postEvent(5)");
    }
    shell.ioc().with_database([&](db::Database& database) { database.post_event(arguments[0]); });
}

} // namespace iochron::ioc::command
