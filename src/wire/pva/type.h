#pragma once

#include "base/reader.h"
#include "pv/type.h"
#include "wire/pva/encoder.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace iochron::wire::pva {

/// A type description, always in full, as pvxs writes it; null is "no type".
void write(Encoder& encoder, const pv::TypeRef& type);

/// The types that one side of a connection has defined (leads FD and FC) and may refer to (lead FE) from then on. One
/// per connection and direction.
/// Thread: shard
class TypeCache {
  public:
    /// The type that is described next; null for "no type" or after a fault. Faults: what pv/type.h refuses, codes
    /// that are none, references to what was not defined, and more parts than a message may describe.
    [[nodiscard]] pv::TypeRef read(base::Reader& reader);

  private:
    class Description;

    std::unordered_map<std::uint16_t, pv::TypeRef> types_;
    std::size_t parts_ = 0; ///< of all types kept
};

/// What the smallest value of a type takes: it bounds how many can follow.
[[nodiscard]] std::size_t least_bytes(const pv::Type& type);

} // namespace iochron::wire::pva
