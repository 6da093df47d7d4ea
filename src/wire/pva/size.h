#pragma once

#include "base/reader.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace iochron::wire::pva {

/// A size, or nothing for the null size. A fault where it is in the 64-bit form, which nobody sends.
[[nodiscard]] std::optional<std::size_t> read_nullable_size(base::Reader& reader);
/// The same where null makes no sense: a fault.
[[nodiscard]] std::size_t read_size(base::Reader& reader);
/// A count of elements of which each takes at least `bytes_each` on the wire: a fault where they cannot all follow, so
/// that nobody makes us allocate for a count alone. With 0, at most 65,536.
[[nodiscard]] std::size_t read_count(base::Reader& reader, std::size_t bytes_each);
/// Text, borrowed; null is empty (pvAccessJava sends it).
[[nodiscard]] std::string_view read_text(base::Reader& reader);

} // namespace iochron::wire::pva
