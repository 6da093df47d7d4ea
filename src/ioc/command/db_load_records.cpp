#include "ioc/command/list.h"

#include "base/problem.h"
#include "ioc/ioc.h"

namespace iochron::ioc::command {

void db_load_records(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.empty() || arguments.size() > 2) {
        throw base::Problem("dbLoadRecords wants a file and, if it has macros, their values: "
                            "dbLoadRecords(\"motor.db\", \"P=BL01,N=1\")");
    }
    shell.ioc().load(arguments[0], arguments.size() == 2 ? std::string_view(arguments[1]) : std::string_view{});
}

} // namespace iochron::ioc::command
