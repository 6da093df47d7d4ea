#pragma once

#include "db/record_type.h"

#include <span>

namespace iochron::db {

/// Every record type there is, by name.
[[nodiscard]] std::span<const RecordType* const> all_types();

} // namespace iochron::db
