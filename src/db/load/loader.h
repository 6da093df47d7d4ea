#pragma once

#include "base/log.h"
#include "db/database.h"
#include "db/load/parser.h"

#include <cstddef>
#include <string_view>

namespace iochron::db::load {

/// Loads the .db file `name`, found by the search path, into a Database that is not started. As EPICS has it, a record
/// that exists is amended by one of the same name and type, and by record("*", "name"); record("#", "name") deletes it.
/// All or nothing: when anything is wrong with it, nothing of the file is in the Database, and base::Problem tells up
/// to 20 things that are, one "file:line:column: what; the remedy" a line. Odd names are logged.
/// Returns how many records are new.
std::size_t load_db(Database& database, std::string_view name, const Reading& reading, base::Log& log);

/// As load_db(), from `text`, which messages call `name`.
std::size_t load_db_text(Database& database, std::string_view name, std::string_view text, const Reading& reading,
                         base::Log& log);

/// As load_db(), for a substitutions file (see substitutions.h); it and its templates are one load.
std::size_t load_substitutions(Database& database, std::string_view name, const Reading& reading, base::Log& log);

} // namespace iochron::db::load
