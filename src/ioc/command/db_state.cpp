#include "ioc/command/list.h"

#include "base/problem.h"
#include "db/database.h"
#include "ioc/ioc.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>

namespace iochron::ioc::command {

namespace {

const std::string& name_of(std::string_view command, std::span<const std::string> arguments)
{
    if (arguments.empty()) {
        throw base::Problem(fmt::format("{} wants the name of a state: {} red", command, command));
    }
    return arguments[0];
}

void set(Shell& shell, std::string_view command, std::span<const std::string> arguments, bool on)
{
    const std::string& name = name_of(command, arguments);
    bool known = false;
    shell.ioc().with_database([&](db::Database& database) { known = database.set_state(name, on); });
    if (!known) {
        throw base::Problem(fmt::format("there is no state '{}': dbStateCreate makes one", name));
    }
}

/// With `level` the name too.
void print(Shell& shell, std::string_view name, bool on, int level)
{
    if (level >= 1) {
        fmt::print(shell.out(), "'{}' : ", name);
    }
    fmt::print(shell.out(), "{}\n", on ? "TRUE" : "FALSE");
}

int level_of(std::span<const std::string> arguments, std::size_t at)
{
    return arguments.size() > at ? std::atoi(arguments[at].c_str()) : 0;
}

} // namespace

void db_state_create(Shell& shell, std::span<const std::string> arguments)
{
    const std::string& name = name_of("dbStateCreate", arguments);
    shell.ioc().with_database([&](db::Database& database) { database.create_state(name); });
}

void db_state_set(Shell& shell, std::span<const std::string> arguments)
{
    set(shell, "dbStateSet", arguments, true);
}

void db_state_clear(Shell& shell, std::span<const std::string> arguments)
{
    set(shell, "dbStateClear", arguments, false);
}

void db_state_show(Shell& shell, std::span<const std::string> arguments)
{
    const std::string& name = name_of("dbStateShow", arguments);
    bool known = false;
    shell.ioc().with_database([&](db::Database& database) {
        for (const auto& [state, on] : database.states()) {
            if (state == name) {
                print(shell, state, on, level_of(arguments, 1));
                known = true;
            }
        }
    });
    if (!known) {
        throw base::Problem(fmt::format("there is no state '{}': dbStateShowAll prints all", name));
    }
}

void db_state_show_all(Shell& shell, std::span<const std::string> arguments)
{
    shell.ioc().with_database([&](db::Database& database) {
        for (const auto& [state, on] : database.states()) {
            print(shell, state, on, level_of(arguments, 0) + 1);
        }
    });
}

} // namespace iochron::ioc::command
