#include "ioc/command/list.h"

#include "base/problem.h"
#include "db/database.h"
#include "ioc/ioc.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <ostream>
#include <utility>

namespace iochron::ioc::command {
namespace {

/// "REC.FLD" or "REC", as the record and the field.
std::pair<db::RecordId, std::string> look_up(db::Database& database, const std::string& name)
{
    const std::size_t dot = name.find('.');
    const auto record = database.find(name.substr(0, dot));
    if (!record) {
        throw base::Problem(fmt::format("there is no record '{}'; dbl lists them", name.substr(0, dot)));
    }
    const std::string field = dot == std::string::npos ? "VAL" : name.substr(dot + 1);
    return {*record, field.empty() ? "VAL" : field};
}

std::string field_line(db::Database& database, const std::string& name)
{
    const auto [record, field] = look_up(database, name);
    const auto text = database.text(record, field);
    if (!text) {
        throw base::Problem(fmt::format("{}: {}", name, text.error()));
    }
    return fmt::format("{}.{} = \"{}\"\n", database.name(record), field, *text);
}

} // namespace

void dbgf(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.size() != 1) {
        throw base::Problem("dbgf wants a name: dbgf(\"REC.FIELD\")");
    }
    std::string line;
    shell.ioc().with_database([&](db::Database& database) { line = field_line(database, arguments[0]); });
    shell.out() << line;
}

void dbpf(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.size() != 2) {
        throw base::Problem("dbpf wants a name and a value: dbpf(\"REC.FIELD\", \"3\")");
    }
    std::string line;
    shell.ioc().with_database([&](db::Database& database) {
        const auto [record, field] = look_up(database, arguments[0]);
        const pv::Status status = database.put(record, field, pv::Value::of(std::string_view(arguments[1])));
        if (!status.ok()) {
            throw base::Problem(
                fmt::format("{}: {}", arguments[0], status.text.empty() ? pv::to_string(status.outcome) : status.text));
        }
        line = field_line(database, arguments[0]);
    });
    shell.out() << line;
}

void dbpr(Shell& shell, std::span<const std::string> arguments)
{
    if (arguments.empty() || arguments.size() > 2) {
        throw base::Problem("dbpr wants a record, and a level from 0 (changed fields) to 1 (all): dbpr(\"REC\", 1)");
    }
    const bool all = arguments.size() == 2 && arguments[1] != "0";
    std::string lines;
    shell.ioc().with_database([&](db::Database& database) {
        const db::RecordId record = look_up(database, arguments[0]).first;
        for (const db::FieldText& field : all ? database.all_fields(record) : database.changed_fields(record)) {
            fmt::format_to(std::back_inserter(lines), "{:<5} {}\n", field.name, field.text);
        }
    });
    shell.out() << lines;
}

} // namespace iochron::ioc::command
