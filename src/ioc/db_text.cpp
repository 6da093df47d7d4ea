#include "ioc/db_text.h"

#include "db/database.h"
#include "db/record_type.h"

#include <fmt/format.h>

#include <string_view>

namespace iochron::ioc {
namespace {

/// The text as it stands between quotes in a .db file. A dollar needs no protection: macros are written $( or ${.
std::string quoted(std::string_view text)
{
    std::string result = "\"";
    for (const char c : text) {
        switch (c) {
        case '"':
            result += "\\\"";
            break;
        case '\\':
            result += "\\\\";
            break;
        case '\n':
            result += "\\n";
            break;
        case '\t':
            result += "\\t";
            break;
        case '\r':
            result += "\\r";
            break;
        default:
            result += c;
        }
    }
    return result + '"';
}

} // namespace

std::string db_text(const db::Database& database)
{
    std::string text;
    const auto to = std::back_inserter(text);
    for (const db::RecordId record : database.records()) {
        fmt::format_to(to, "record({}, {}) {{\n", database.type(record).name, quoted(database.name(record)));
        for (const db::FieldText& field : database.changed_fields(record)) {
            fmt::format_to(to, "    field({}, {})\n", field.name, quoted(field.text));
        }
        for (const auto& [key, value] : database.infos(record)) {
            fmt::format_to(to, "    info({}, {})\n", key, quoted(value));
        }
        for (const std::string_view alias : database.aliases(record)) {
            fmt::format_to(to, "    alias({})\n", quoted(alias));
        }
        text += "}\n";
    }
    return text;
}

} // namespace iochron::ioc
