#pragma once

#include "db/record_type.h"

namespace iochron::db {

/// Adds the device kinds of EPICS Base that several types have alike: "Async Soft Channel" of inputs, "Soft Timestamp"
/// of ai, "Db State" of bi and bo.
void add_soft_devices(RecordType& type);

} // namespace iochron::db
