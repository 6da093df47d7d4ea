// Flags of a database by name: dbState of EPICS base.
#include "db/core.h"

namespace iochron::db {

void Database::create_state(std::string_view name)
{
    core_->states.try_emplace(std::string(name), false);
}

bool Database::set_state(std::string_view name, bool set)
{
    const auto found = core_->states.find(name);
    if (found == core_->states.end()) {
        return false;
    }
    found->second = set;
    return true;
}

std::vector<std::pair<std::string_view, bool>> Database::states() const
{
    return {core_->states.begin(), core_->states.end()};
}

} // namespace iochron::db
