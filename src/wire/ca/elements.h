#pragma once

#include "base/fault.h"
#include "base/writer.h"
#include "pv/meta.h"
#include "pv/status.h"
#include "pv/value.h"
#include "wire/ca/dbr.h"

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>

namespace iochron::wire::ca {

/// Whether numbers of that type go into elements of a Dbr bit for bit, but for the byte order: the same type, or
/// integers of the same size.
[[nodiscard]] constexpr bool is_direct(Dbr type, pv::ScalarType from)
{
    const pv::ScalarType to = scalar_type(type);
    return to != pv::ScalarType::string && (from == to || (!pv::is_float(to) && !pv::is_float(from) &&
                                                           pv::element_bytes(from) == pv::element_bytes(to)));
}

/// Copies bytes of numbers of `element` bytes (1, 2, 4 or 8) from native to big-endian order, or back.
void swap_elements(std::byte* to, std::span<const std::byte> from, std::size_t element);

/// Writes `count` elements of the native type of `type`, converted as pv::convert() does; zeros beyond those that the
/// value has. Text is cut to 39 characters. Where it cannot be converted, zeros are written and no_conversion given.
pv::Status write_elements(base::Writer& writer, Dbr type, std::uint32_t count, const pv::Value& value,
                          const pv::Meta* meta);

/// Elements that several messages share, in wire order, with the padding that belongs behind them.
/// Thread: any (once made)
struct SharedElements {
    std::shared_ptr<const void> owner; ///< for base::Output::share()
    std::span<const std::byte> bytes;
};

/// The elements of a message with a value of `type`, to be sent right behind its head (see encode_head()). Made once
/// for all who subscribed with the same type and count.
[[nodiscard]] std::expected<SharedElements, pv::Status> share_elements(Dbr type, std::uint32_t count,
                                                                       const pv::Value& value, const pv::Meta* meta);

/// Whether a received value is to be an array: a count of 1 does not tell.
enum class Shape : std::uint8_t { by_count, array };

/// The `count` elements that `bytes` starts with. Fault: fewer follow. Text ends at its NUL, or at 39 characters.
[[nodiscard]] base::Result<pv::Value> read_elements(Dbr type, std::uint32_t count, std::span<const std::byte> bytes,
                                                    Shape shape);

} // namespace iochron::wire::ca
