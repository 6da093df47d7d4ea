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
/// An array of `count` numbers; a fault where fewer follow. A large one is not copied where `holder` holds the message
/// and the elements lie in it as they should in memory; then it keeps the message.
[[nodiscard]] pv::Value read_elements(base::Reader& reader, pv::ScalarType type, std::size_t count,
                                      const pv::BufferRef& holder = {});

} // namespace iochron::wire::pva
