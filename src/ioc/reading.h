#pragma once

#include "base/time.h"
#include "pv/alarm.h"

#include <optional>
#include <string>

namespace iochron {

/// What may go with a value that is set or read.
struct Reading {
    pv::Alarm alarm{};     ///< taken unless the record's limits or states make a worse one
    std::string message{}; ///< with that alarm, as AMSG
    /// Taken by records with TSE -2 ("device time": `.more = {{"TSE", "-2"}}`); others take the present time.
    std::optional<base::Stamp> time{};
};

} // namespace iochron
