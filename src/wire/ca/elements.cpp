#include "wire/ca/elements.h"

#include "pv/convert.h"
#include "wire/ca/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

namespace iochron::wire::ca {

namespace {

/// Eight bytes at a time, as one number: swap(word) turns each element in it.
template <class Swap>
void swap_words(std::byte* to, std::span<const std::byte> from, Swap swap)
{
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof word <= from.size(); at += sizeof word) {
        std::memcpy(&word, from.data() + at, sizeof word);
        word = swap(word);
        std::memcpy(to + at, &word, sizeof word);
    }
    if (const std::size_t rest = from.size() - at; rest > 0) {
        std::uint64_t word = 0;
        std::memcpy(&word, from.data() + at, rest);
        word = swap(word);
        std::memcpy(to + at, &word, rest);
    }
}

void write_texts(base::Writer& writer, std::size_t count, const pv::Value& value, const pv::Meta* meta)
{
    for (std::size_t i = 0; i < count; ++i) {
        if (value.type() == pv::ScalarType::string) {
            writer.text(value.is_array() ? value.text_at(i) : value.text(), string_bytes);
        } else {
            writer.text(pv::element_text(value, i, meta), string_bytes);
        }
    }
}

void write_numbers(base::Writer& writer, std::size_t count, const pv::Value& value)
{
    const std::size_t element = pv::element_bytes(value.type());
    const std::uint64_t bits = value.bits();
    const std::span<const std::byte> from =
        value.is_array() ? value.bytes().first(count * element) : std::as_bytes(std::span(&bits, 1)).first(element);
    if (std::byte* const to = writer.room(from.size())) {
        swap_elements(to, from, element);
    }
}

std::string_view received_text(std::span<const std::byte> bytes)
{
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return all.substr(0, std::min(all.find('\0'), string_bytes - 1));
}

pv::Value read_texts(std::uint32_t count, std::span<const std::byte> bytes, bool array)
{
    if (!array) {
        return pv::Value::of(received_text(bytes.first(string_bytes)));
    }
    std::vector<std::string> texts(count);
    for (std::size_t i = 0; i < count; ++i) {
        texts[i] = received_text(bytes.subspan(i * string_bytes, string_bytes));
    }
    return pv::Value::string_array(texts);
}

template <class T>
pv::Value read_number(std::span<const std::byte> bytes)
{
    return pv::Value::of(base::load<T>(bytes.data(), base::ByteOrder::big));
}

pv::Value read_scalar(Dbr type, std::span<const std::byte> bytes)
{
    switch (native(type)) {
    case Dbr::short_:
        return read_number<std::int16_t>(bytes);
    case Dbr::float_:
        return read_number<float>(bytes);
    case Dbr::enum_:
        return pv::Value::enumeration(base::load<std::uint16_t>(bytes.data(), base::ByteOrder::big));
    case Dbr::char_:
        return read_number<std::uint8_t>(bytes);
    case Dbr::long_:
        return read_number<std::int32_t>(bytes);
    default:
        return read_number<double>(bytes);
    }
}

} // namespace

void swap_elements(std::byte* to, std::span<const std::byte> from, std::size_t element)
{
    if (element == 1 || base::native_order == base::ByteOrder::big) {
        if (!from.empty()) {
            std::memcpy(to, from.data(), from.size());
        }
    } else if (element == 2) {
        constexpr std::uint64_t low = 0x00FF'00FF'00FF'00FF;
        swap_words(to, from, [](std::uint64_t word) { return ((word & low) << 8) | ((word >> 8) & low); });
    } else if (element == 4) {
        swap_words(to, from, [](std::uint64_t word) { return std::rotl(std::byteswap(word), 32); });
    } else {
        swap_words(to, from, [](std::uint64_t word) { return std::byteswap(word); });
    }
}

pv::Status write_elements(base::Writer& writer, Dbr type, std::uint32_t count, const pv::Value& value,
                          const pv::Meta* meta)
{
    const std::size_t start = writer.offset();
    const std::size_t bytes = std::size_t{count} * element_bytes(type);
    const std::size_t present = std::min<std::size_t>(count, value.count());
    pv::Status status;
    if (native(type) == Dbr::string && value.type() != pv::ScalarType::structure) {
        write_texts(writer, present, value, meta);
    } else if (is_direct(type, value.type())) {
        write_numbers(writer, present, value);
    } else if (present > 0) {
        const auto converted = present == 1 ? pv::convert_to_scalar(value, scalar_type(type), meta)
                                            : pv::convert(value, scalar_type(type), meta);
        if (converted) {
            write_numbers(writer, present, *converted);
        } else {
            status = converted.error();
        }
    } else if (value.empty()) {
        status = {pv::Outcome::no_conversion, "there is no value"};
    }
    if (writer.ok()) {
        writer.zeros(bytes - (writer.offset() - start));
    }
    return status;
}

std::expected<SharedElements, pv::Status> share_elements(Dbr type, std::uint32_t count, const pv::Value& value,
                                                         const pv::Meta* meta)
{
    const auto bytes = static_cast<std::size_t>(padded(dbr_bytes(type, count)) - value_offset(type));
    pv::BufferRef buffer = pv::BufferRef::make(bytes);
    base::Writer writer({buffer->fill(), bytes});
    pv::Status status = write_elements(writer, type, count, value, meta);
    if (!status.ok()) {
        return std::unexpected(std::move(status));
    }
    writer.zeros(writer.left());
    return SharedElements{.owner = buffer.shared(), .bytes = {buffer->data(), bytes}};
}

base::Result<pv::Value> read_elements(Dbr type, std::uint32_t count, std::span<const std::byte> bytes, Shape shape)
{
    const std::uint64_t needed = std::uint64_t{count} * element_bytes(type);
    if (needed > bytes.size()) {
        return std::unexpected(base::Fault{
            bytes.size(), fmt::format("{} elements need {} bytes, {} follow", count, needed, bytes.size())});
    }
    bytes = bytes.first(static_cast<std::size_t>(needed));
    const bool array = shape == Shape::array || count != 1;
    if (native(type) == Dbr::string) {
        return read_texts(count, bytes, array);
    }
    if (!array) {
        return read_scalar(type, bytes);
    }
    pv::BufferRef buffer = pv::BufferRef::make(bytes.size());
    swap_elements(buffer->fill(), bytes, element_bytes(type));
    return pv::Value::array(scalar_type(type), std::move(buffer), count);
}

} // namespace iochron::wire::ca
