#pragma once

#include "pv/sample.h"
#include "wire/ca/elements.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"
#include "wire/ca/stamp.h"
#include "wire/ca/value.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace iochron::wire::ca {

/// Where the subscription id lies in an update's frame: the only bytes that differ between those who subscribed with
/// the same type and count.
inline constexpr std::size_t update_id_offset = p2_offset;
/// The largest frame that scalar_update() makes: time_double's.
inline constexpr std::size_t scalar_update_bytes = 40;

/// Whether scalar_update() can make the update.
[[nodiscard]] constexpr bool is_scalar_update(Dbr type, std::uint32_t asked, const pv::Value& value)
{
    constexpr auto types = [] {
        std::array<std::uint32_t, 7> direct{}; // a bit for each pv::ScalarType
        for (std::uint16_t i = 0; i < direct.size(); ++i) {
            for (unsigned from = 0; from < 16; ++from) {
                const auto scalar = static_cast<pv::ScalarType>(from);
                const bool number = pv::is_number(scalar) || scalar == pv::ScalarType::enumeration;
                direct[i] |= number && is_direct(Dbr{i}, scalar) ? 1u << from : 0;
            }
        }
        return direct;
    }();
    return asked <= 1 && type <= Dbr::time_double && !value.is_array() &&
           ((types[static_cast<std::uint16_t>(native(type))] >> static_cast<unsigned>(value.type())) & 1) != 0;
}

// hot: three or five stores of 8 bytes; no allocation.
/// The whole update of a scalar number in a plain, sts_ or time_ type of its own kind. Only where is_scalar_update().
/// `out` has scalar_update_bytes; gives the bytes of the frame.
inline std::size_t scalar_update(std::byte* out, Dbr type, SubId id, const pv::Sample& sample)
{
    const std::size_t element = element_bytes(type);
    // The number in the upper bytes of a word, as if it were stored alone.
    std::uint64_t number = sample.value.bits();
    if constexpr (base::native_order == base::ByteOrder::little) {
        number <<= 64 - 8 * element;
    }
    const std::uint64_t alarm = std::uint64_t{static_cast<std::uint8_t>(sample.alarm.status)} << 48 |
                                std::uint64_t{static_cast<std::uint8_t>(sample.alarm.severity)} << 32;
    std::array<std::uint64_t, 3> words = {};
    std::size_t size = 8;
    switch (family(type)) {
    case Family::time: {
        const WireStamp stamp = to_wire(sample.time);
        words[0] = alarm | stamp.seconds;
        words[1] = std::uint64_t{stamp.nanoseconds} << 32;
        if (element == 8) {
            words[2] = number;
            size = 24;
        } else { // ends with the word, so that it is aligned in the struct
            words[1] |= number >> (64 - 8 * element);
            size = 16;
        }
        break;
    }
    case Family::sts:
        if (element == 8) {
            words = {alarm, number, 0};
            size = 16;
        } else {
            words[0] = alarm | number >> (8 * value_offset(type));
        }
        break;
    default:
        words[0] = number;
        break;
    }
    constexpr auto big = base::ByteOrder::big;
    base::store(out,
                std::uint64_t{static_cast<std::uint16_t>(Command::event_add)} << 48 | std::uint64_t{size} << 32 |
                    std::uint64_t{static_cast<std::uint16_t>(type)} << 16 | 1,
                big);
    base::store(out + 8, std::uint64_t{static_cast<std::uint32_t>(Eca::normal)} << 32 | static_cast<std::uint32_t>(id),
                big);
    base::store(out + 16, words[0], big);
    base::store(out + 24, words[1], big);
    base::store(out + 32, words[2], big);
    return short_header_bytes + size;
}

/// Appends an update of any kind. Gives the status that was sent (see encode() of a ValueMessage).
inline Eca encode_update(base::Output& output, Dbr type, std::uint32_t asked, SubId id, const pv::Sample& sample,
                         Eca status = Eca::normal, std::uint64_t most_bytes = std::numeric_limits<std::uint32_t>::max())
{
    if (status == Eca::normal && is_scalar_update(type, asked, sample.value)) [[likely]] {
        std::byte* const frame = output.grow(scalar_update_bytes);
        output.shrink(scalar_update_bytes - scalar_update(frame, type, id, sample));
        return status;
    }
    return encode(output,
                  {.command = Command::event_add, .type = type, .asked = asked, .p2 = static_cast<std::uint32_t>(id)},
                  sample, status, most_bytes);
}

/// Puts another subscription's id into the frame of an update.
inline void patch_update_id(std::byte* frame, SubId id)
{
    base::store(frame + update_id_offset, static_cast<std::uint32_t>(id), base::ByteOrder::big);
}

// hot: a scalar number decodes in place, without allocation.
/// decode_value() for updates: the same for every type and payload, but fast for scalar numbers in a plain, sts_ or
/// time_ type.
[[nodiscard]] inline base::Result<pv::Sample>
decode_update_value(Dbr type, std::uint32_t count, std::span<const std::byte> payload, Shape shape = Shape::by_count)
{
    if (count != 1 || shape != Shape::by_count || type > Dbr::time_double || native(type) == Dbr::string ||
        payload.size() < dbr_bytes(type, 1)) [[unlikely]] {
        return decode_value(type, count, payload, shape);
    }
    constexpr auto big = base::ByteOrder::big;
    base::Result<pv::Sample> result(std::in_place);
    pv::Sample& sample = *result;
    if (family(type) != Family::plain) {
        const auto status = base::load<std::uint16_t>(payload.data(), big);
        const auto severity = base::load<std::uint16_t>(payload.data() + 2, big);
        if (status >= pv::alarm_status_names.size() || severity >= pv::severity_names.size()) [[unlikely]] {
            return decode_value(type, count, payload, shape);
        }
        sample.alarm = {.severity = pv::Severity{static_cast<std::uint8_t>(severity)},
                        .status = pv::AlarmStatus{static_cast<std::uint8_t>(status)}};
    }
    if (family(type) == Family::time) {
        sample.time = from_wire({.seconds = base::load<std::uint32_t>(payload.data() + 4, big),
                                 .nanoseconds = base::load<std::uint32_t>(payload.data() + 8, big)});
    }
    const std::byte* const at = payload.data() + value_offset(type);
    switch (native(type)) {
    case Dbr::short_:
        sample.value = pv::Value::of(base::load<std::int16_t>(at, big));
        break;
    case Dbr::float_:
        sample.value = pv::Value::of(base::load<float>(at, big));
        break;
    case Dbr::enum_:
        sample.value = pv::Value::enumeration(base::load<std::uint16_t>(at, big));
        break;
    case Dbr::char_:
        sample.value = pv::Value::of(base::load<std::uint8_t>(at, big));
        break;
    case Dbr::long_:
        sample.value = pv::Value::of(base::load<std::int32_t>(at, big));
        break;
    default:
        sample.value = pv::Value::of(base::load<double>(at, big));
        break;
    }
    return result;
}

} // namespace iochron::wire::ca
