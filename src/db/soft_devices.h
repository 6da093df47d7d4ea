#pragma once

#include "db/record_type.h"

namespace iochron::db {

/// Adds the device kinds of EPICS Base that several types have alike: "Async Soft Channel" of inputs, those of the two
/// functions below, "Db State" of bi and bo; in base's order, which is that of DTYP's choices.
void add_soft_devices(RecordType& type);
/// "Soft Timestamp" of ai and stringin, "General Time" of ai, bo, longin and stringin.
void add_time_devices(RecordType& type);
/// "getenv" of stringin and lsi, "stdio" of stringout, lso and printf.
void add_host_devices(RecordType& type);

} // namespace iochron::db
