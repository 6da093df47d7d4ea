#include "ioc/command/list.h"

#include "db/database.h"
#include "ioc/ioc.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <ostream>

namespace iochron::ioc::command {

void dbl(Shell& shell, std::span<const std::string> arguments)
{
    const std::string_view type = arguments.empty() || arguments[0] == "*" ? std::string_view{} : arguments[0];
    std::string lines;
    shell.ioc().with_database([&](db::Database& database) {
        for (const db::RecordId record : database.records(type)) {
            fmt::format_to(std::back_inserter(lines), "{}\n", database.name(record));
        }
    });
    shell.out() << lines;
}

} // namespace iochron::ioc::command
