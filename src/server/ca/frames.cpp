#include "server/ca/frames.h"

#include "server/ca/circuit.h"
#include "wire/ca/header.h"

namespace iochron::server::ca {
namespace {

using wire::ca::next_message;

std::size_t whole_bytes(std::span<const std::byte> frame)
{
    return static_cast<std::size_t>(next_message(frame).total_bytes);
}

/// An update has a status in p1, where the confirmation of a cancel has a SID, which is never so small.
std::optional<std::uint32_t> updated(std::span<const std::byte> frame)
{
    const wire::ca::Header header = next_message(frame).header;
    if (header.command != wire::ca::Command::event_add || header.p1 >= first_sid) {
        return std::nullopt;
    }
    return header.p2;
}

} // namespace

const Frames frames{.bytes = whole_bytes, .update = updated};

} // namespace iochron::server::ca
