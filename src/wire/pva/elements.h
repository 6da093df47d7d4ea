#pragma once

#include "base/reader.h"
#include "pv/value.h"
#include "wire/pva/encoder.h"

#include <cstddef>
#include <span>

namespace iochron::wire::pva {

/// Numbers of `bytes_each` in native order, put into the order of the message: one pass, and a plain copy where the
/// orders agree.
void write_elements(Encoder& encoder, std::span<const std::byte> native, std::size_t bytes_each);
/// An array of `count` numbers; a fault where fewer follow.
[[nodiscard]] pv::Value read_elements(base::Reader& reader, pv::ScalarType type, std::size_t count);

} // namespace iochron::wire::pva
