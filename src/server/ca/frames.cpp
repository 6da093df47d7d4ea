#include "server/ca/frames.h"

#include "server/ca/circuit.h"
#include "wire/ca/header.h"

namespace iochron::server::ca {
namespace {

constexpr auto big = base::ByteOrder::big;

std::size_t whole_bytes(std::span<const std::byte> frame)
{
    return wire::ca::encoded_bytes(frame.data());
}

/// An update has a status in p1, where the confirmation of a cancel has a SID, which is never so small.
std::optional<std::uint32_t> updated(std::span<const std::byte> frame)
{
    const wire::ca::Command command{base::load<std::uint16_t>(frame.data(), big)};
    if (command != wire::ca::Command::event_add ||
        base::load<std::uint32_t>(frame.data() + wire::ca::p1_offset, big) >= first_sid) {
        return std::nullopt;
    }
    return base::load<std::uint32_t>(frame.data() + wire::ca::p2_offset, big);
}

} // namespace

const Frames frames{.bytes = whole_bytes, .update = updated};

} // namespace iochron::server::ca
