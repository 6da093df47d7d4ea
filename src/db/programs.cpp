#include "db/programs.h"

#include <exception>

namespace iochron::db {

bool Programs::call(RecordId record, const pv::Value& value, pv::Status& status)
{
    Program& program = all_.at(record);
    program.calling = true;
    program.answered = false;
    try {
        program.callback(record, value);
    } catch (const std::exception& fault) {
        program.answered = true;
        program.status = {pv::Outcome::put_failed, fault.what()};
    } catch (...) {
        program.answered = true;
        program.status = {pv::Outcome::put_failed, "user code failed"};
    }
    program.calling = false;
    if (program.answered) {
        status = std::move(program.status);
        program.status = {};
    }
    return program.answered;
}

bool Programs::answer(RecordId record, const pv::Status& status)
{
    const auto found = all_.find(record);
    if (found == all_.end() || !found->second.calling) {
        return false;
    }
    found->second.answered = true;
    found->second.status = status;
    return true;
}

} // namespace iochron::db
