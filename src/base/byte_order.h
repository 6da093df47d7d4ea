#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace iochron::base {

enum class ByteOrder : unsigned char { big, little };

inline constexpr ByteOrder native_order =
    std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

template <std::size_t N>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
    using type = unsigned char;
};
template <>
struct UnsignedOf<2> {
    using type = std::uint16_t;
};
template <>
struct UnsignedOf<4> {
    using type = std::uint32_t;
};
template <>
struct UnsignedOf<8> {
    using type = std::uint64_t;
};

/// A number type that has a wire form: an integer or an IEEE 754 float.
template <class T>
concept Number = std::integral<T> || std::floating_point<T>;

/// The number whose bytes, in the given order, start at `from`. No alignment is needed.
template <Number T>
[[nodiscard]] inline T load(const std::byte* from, ByteOrder order) noexcept
{
    typename UnsignedOf<sizeof(T)>::type raw;
    std::memcpy(&raw, from, sizeof raw);
    if (order != native_order) {
        raw = std::byteswap(raw);
    }
    return std::bit_cast<T>(raw);
}

/// Stores the number at `to` in the given order. No alignment is needed.
template <Number T>
inline void store(std::byte* to, T value, ByteOrder order) noexcept
{
    auto raw = std::bit_cast<typename UnsignedOf<sizeof(T)>::type>(value);
    if (order != native_order) {
        raw = std::byteswap(raw);
    }
    std::memcpy(to, &raw, sizeof raw);
}

} // namespace iochron::base
