#include "wire/pva/elements.h"

#include <algorithm>
#include <cstdint>

namespace iochron::wire::pva {
namespace {

template <class T>
void swap_each(std::byte* to, std::span<const std::byte> from)
{
    for (std::size_t at = 0; at < from.size(); at += sizeof(T)) {
        T number;
        std::memcpy(&number, from.data() + at, sizeof number);
        number = std::byteswap(number);
        std::memcpy(to + at, &number, sizeof number);
    }
}

void copy(std::byte* to, std::span<const std::byte> from, std::size_t bytes_each, bool swap)
{
    if (from.empty()) {
        return;
    }
    if (!swap || bytes_each == 1) {
        std::memcpy(to, from.data(), from.size());
    } else if (bytes_each == 2) {
        swap_each<std::uint16_t>(to, from);
    } else if (bytes_each == 4) {
        swap_each<std::uint32_t>(to, from);
    } else {
        swap_each<std::uint64_t>(to, from);
    }
}

} // namespace

void write_elements(Encoder& encoder, std::span<const std::byte> native, std::size_t bytes_each)
{
    std::vector<std::byte>& bytes = encoder.bytes();
    const std::size_t at = bytes.size();
    if (encoder.order() == base::native_order) {
        bytes.insert(bytes.end(), native.begin(), native.end());
        return;
    }
    bytes.resize(at + native.size());
    copy(bytes.data() + at, native, bytes_each, true);
}

namespace {

/// Worth it where the array is most of what the holder holds.
bool may_stay(std::span<const std::byte> from, pv::ScalarType type, bool swap, const pv::BufferRef& holder)
{
    constexpr std::size_t least_bytes = 16u << 10;
    const std::size_t bytes_each = pv::element_bytes(type);
    return holder && from.size() >= std::max(least_bytes, holder->capacity() / 2) && (!swap || bytes_each == 1) &&
           type != pv::ScalarType::boolean && reinterpret_cast<std::uintptr_t>(from.data()) % bytes_each == 0;
}

} // namespace

pv::Value read_elements(base::Reader& reader, pv::ScalarType type, std::size_t count, const pv::BufferRef& holder)
{
    const std::size_t bytes_each = pv::element_bytes(type);
    if (count > reader.left() / bytes_each) {
        reader.fail("more elements than bytes follow");
    }
    const std::span<const std::byte> from = reader.bytes(count * bytes_each);
    if (!reader.ok()) {
        return {};
    }
    const bool swap = reader.order() != base::native_order;
    if (may_stay(from, type, swap, holder)) {
        return pv::Value::array(type, pv::BufferRef::part_of(holder, from.data()), count);
    }
    pv::BufferRef buffer = pv::BufferRef::make(from.size());
    copy(buffer->fill(), from, bytes_each, swap);
    if (type == pv::ScalarType::boolean) { // a peer may send any byte, a bool of ours is 0 or 1
        std::ranges::for_each(std::span(buffer->fill(), count), [](std::byte& b) { b = std::byte{b != std::byte{}}; });
    }
    return pv::Value::array(type, std::move(buffer), count);
}

} // namespace iochron::wire::pva
