#include "server/pva/frames.h"

#include "server/pva/service.h"
#include "wire/pva/header.h"

namespace iochron::server::pva {
namespace {

using wire::pva::header_bytes;

std::size_t whole_bytes(std::span<const std::byte> frame)
{
    const auto header = wire::pva::read_header(frame.first<header_bytes>());
    return header && !header->control ? header_bytes + header->size : header_bytes;
}

/// A monitor's message with the subcommand 0 is an update; INIT and the end of a monitor are never dropped.
std::optional<std::uint32_t> updated(std::span<const std::byte> frame)
{
    constexpr std::size_t subcommand_at = id_offset + 4;
    const auto header = wire::pva::read_header(frame.first<header_bytes>());
    if (!header || header->control || header->command() != wire::pva::Command::monitor ||
        frame[subcommand_at] != std::byte{0}) {
        return std::nullopt;
    }
    return base::load<std::uint32_t>(frame.data() + id_offset, base::native_order);
}

} // namespace

const Frames frames{.bytes = whole_bytes, .update = updated};

} // namespace iochron::server::pva
