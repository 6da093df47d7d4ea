#pragma once

#include <string>

namespace iochron::db {
class Database;
}

namespace iochron::ioc {

/// All records as a .db file: type, name, the fields that differ from their defaults, infos, aliases. Loaded into an
/// empty database it makes the same records in the same order.
[[nodiscard]] std::string db_text(const db::Database& database);

} // namespace iochron::ioc
