#pragma once

#include "base/reader.h"
#include "pv/bit_set.h"
#include "wire/pva/encoder.h"

namespace iochron::wire::pva {

/// The shortest form: trailing zero bytes are left out.
void write(Encoder& encoder, const pv::BitSet& bits);
/// A fault where there are bytes for more than pv::Type::max_fields bits.
[[nodiscard]] pv::BitSet read_bit_set(base::Reader& reader);

} // namespace iochron::wire::pva
