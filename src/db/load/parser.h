#pragma once

#include "base/limits.h"
#include "db/load/definitions.h"
#include "db/load/files.h"
#include "db/load/macros.h"
#include "db/load/search_path.h"

#include <string_view>

namespace iochron::db::load {

/// What a .db file is read with.
struct Reading {
    Files& files;
    const Macros& macros;
    const SearchPath& search;
    const base::Limits& limits;
};

/// Reads the .db file `name`, found by the search path, and tells `definitions` what it holds. Throws base::Problem
/// ("file:line:column: what is wrong; the remedy") at the first thing that is not .db text, and passes on what
/// `definitions` throws.
void read_db(std::string_view name, const Reading& reading, Definitions& definitions);

/// As read_db(), from `text`, which messages call `name`.
void read_db_text(std::string_view name, std::string_view text, const Reading& reading, Definitions& definitions);

/// As read_db(), where another file asked for this one at `from`, which a message about its absence names.
void read_db(std::string_view name, const Mark& from, const Reading& reading, Definitions& definitions);

} // namespace iochron::db::load
