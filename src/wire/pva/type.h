#pragma once

#include "base/reader.h"
#include "pv/type.h"
#include "wire/pva/encoder.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace iochron::wire::pva {

/// A type description, always in full, as pvxs writes it; null is "no type".
void write(Encoder& encoder, const pv::TypeRef& type);

/// Writes descriptions as write() does, and keeps that of the last type: thousands of monitors in a row have one type.
/// Thread: shard
class TypeWriter {
  public:
    explicit TypeWriter(base::ByteOrder order) : order_(order) {}
    /// The encoder has the same byte order.
    void write(Encoder& encoder, const pv::TypeRef& type);

  private:
    base::ByteOrder order_;
    pv::TypeRef last_;
    std::vector<std::byte> bytes_; ///< of last_
};

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

    /// The description that was read last, where it says all by itself: the next one is often the same.
    struct Last {
        std::vector<std::byte> bytes;
        base::ByteOrder order{};
        pv::TypeRef type;
    };
    static constexpr std::size_t most_last_bytes = 64 << 10;
    void remember(std::span<const std::byte> bytes, base::ByteOrder order, const pv::TypeRef& type);

    std::unordered_map<std::uint16_t, pv::TypeRef> types_;
    std::size_t parts_ = 0; ///< of all types kept
    Last last_;
};

/// What the smallest value of a type takes: it bounds how many can follow.
[[nodiscard]] std::size_t least_bytes(const pv::Type& type);

} // namespace iochron::wire::pva
