#pragma once

#include "base/time.h"
#include "pv/structure.h"

namespace iochron::pv {

/// Marks a new `value` of such a structure (of an enumeration: `value.index`), converted to its type, and the time
/// where one is given and the type has a time stamp. A text may name one of the choices that the structure has; one
/// element is taken for an array, and the first element of an array for a scalar.
[[nodiscard]] Status set_value(Structure& structure, const Value& value, base::Stamp time = base::undefined_stamp);
/// The same, to a structure of an equal type, whose choices are the ones that count.
[[nodiscard]] Status set_value(Structure& structure, const Structure& choices, const Value& value);
/// Marked, where the type has a time stamp.
void set_time(Structure& structure, base::Stamp time);

} // namespace iochron::pv
