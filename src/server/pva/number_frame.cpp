#include "server/pva/number_frame.h"

#include "pv/normative.h"
#include "server/pva/service.h"
#include "wire/pva/header.h"

#include <cstring>

namespace iochron::server::pva {
namespace {

/// Value, three of the alarm and three of the time stamp: 1, 3 to 5, 7 to 9.
constexpr std::array<std::byte, 3> marks = {std::byte{2}, std::byte{0xBA}, std::byte{0x03}};
constexpr std::size_t marks_at = id_offset + sizeof(std::uint32_t) + 1;
constexpr std::size_t size_at = 4;

} // namespace

NumberFrame::NumberFrame()
{
    wire::pva::write(std::span(bytes_).first<wire::pva::header_bytes>(),
                     {.from = wire::pva::Role::server,
                      .order = byte_order,
                      .code = static_cast<std::uint8_t>(wire::pva::Command::monitor)});
    std::memcpy(bytes_.data() + marks_at, marks.data(), marks.size());
}

std::span<const std::byte> NumberFrame::encode(const pv::Sample& sample)
{
    static_assert(marks_at + marks.size() == value_at);
    static_assert(value_at + 8 + 8 + 1 + most_message_bytes + 16 + 1 <= std::tuple_size_v<decltype(bytes_)>);
    std::byte* at = bytes_.data() + value_at;
    const auto put = [&at](auto number) {
        base::store(at, number, byte_order);
        at += sizeof number;
    };
    const std::uint64_t bits = sample.value.bits(); // little-endian as they lie, like the frame
    static_assert(byte_order == base::native_order);
    std::memcpy(at, &bits, sizeof bits);
    at += pv::element_bytes(sample.value.type());
    put(static_cast<std::uint32_t>(sample.alarm.severity));
    put(pv::normative_status(sample.alarm.status));
    const std::string_view message = pv::normative_message(sample);
    if (message.size() > most_message_bytes) {
        return {};
    }
    put(static_cast<std::uint8_t>(message.size()));
    at += message.copy(reinterpret_cast<char*>(at), message.size()); // memcpy would not take the empty one
    const pv::NormativeTime time = pv::normative_time(sample, *sample.meta);
    put(time.seconds);
    put(time.nanoseconds);
    put(time.user_tag);
    put(std::uint8_t{0}); // nothing overrun
    const auto size = static_cast<std::size_t>(at - bytes_.data());
    base::store(bytes_.data() + size_at, static_cast<std::uint32_t>(size - wire::pva::header_bytes), byte_order);
    return std::span(bytes_).first(size);
}

} // namespace iochron::server::pva
