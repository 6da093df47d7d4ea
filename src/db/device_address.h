#pragma once

#include "db/core.h"

#include <string>
#include <string_view>

namespace iochron::db {

/// What INP or OUT of the record holds behind its '@'.
[[nodiscard]] std::string device_address(const Core& core, const Record& record);
/// Whether that is the word, in capitals or not.
[[nodiscard]] bool is_address(std::string_view address, std::string_view word);
/// An address that its device kind does not have: said in the log, and the record stays active for ever, as in EPICS
/// base.
void refuse_address(Core& core, Record& record, std::string_view address);

} // namespace iochron::db
