#include "db/load/loader.h"

#include "db/load/builder.h"
#include "db/load/substitutions.h"

#include <fmt/format.h>

namespace iochron::db::load {
namespace {

template <class Read>
std::size_t load(Database& database, std::string_view name, base::Log& log, Read&& read)
{
    if (database.started()) {
        throw base::Problem(fmt::format("'{}' cannot be loaded: records are made before iocInit", name));
    }
    Builder builder(database, log);
    database.begin();
    try {
        read(builder);
    } catch (const base::Problem& problem) {
        builder.note(problem.what());
    } catch (const Builder::Enough&) { // they are told below
    } catch (...) {
        database.abort();
        throw;
    }
    if (const std::string problems = builder.problems(); !problems.empty()) {
        database.abort();
        throw base::Problem(problems);
    }
    database.commit();
    return builder.created();
}

} // namespace

std::size_t load_db(Database& database, std::string_view name, const Reading& reading, base::Log& log)
{
    return load(database, name, log, [&](Definitions& to) { read_db(name, reading, to); });
}

std::size_t load_db_text(Database& database, std::string_view name, std::string_view text, const Reading& reading,
                         base::Log& log)
{
    return load(database, name, log, [&](Definitions& to) { read_db_text(name, text, reading, to); });
}

std::size_t load_substitutions(Database& database, std::string_view name, const Reading& reading, base::Log& log)
{
    return load(database, name, log, [&](Definitions& to) { read_substitutions(name, reading, to); });
}

} // namespace iochron::db::load
