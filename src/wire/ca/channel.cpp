#include "wire/ca/channel.h"

#include "wire/ca/message.h"

#include <fmt/format.h>

namespace iochron::wire::ca {

namespace {
constexpr std::uint32_t read_bit = 1;
constexpr std::uint32_t write_bit = 2;
} // namespace

Header to_header(const CreateChannel& message)
{
    return {.command = Command::create_channel,
            .size = name_bytes(message.name),
            .p1 = static_cast<std::uint32_t>(message.cid),
            .p2 = message.minor};
}

void write_payload(base::Writer& writer, const CreateChannel& message)
{
    writer.text(message.name, message.name.size(), false);
}

CreateChannel decode_create_channel(const Header& header, std::span<const std::byte> payload)
{
    return {.cid = Cid{header.p1}, .minor = static_cast<std::uint16_t>(header.p2), .name = text_of(payload)};
}

Header to_header(const ChannelCreated& message)
{
    return {.command = Command::create_channel,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.cid),
            .p2 = static_cast<std::uint32_t>(message.sid)};
}

base::Result<ChannelCreated> decode_channel_created(const Header& header)
{
    const Dbr type{header.type};
    if (!is_valid(type) || family(type) != Family::plain) {
        return std::unexpected(base::Fault{4, fmt::format("{} is no native type", header.type)});
    }
    return ChannelCreated{.type = type, .count = header.count, .cid = Cid{header.p1}, .sid = Sid{header.p2}};
}

Header to_header(const AccessRights& message)
{
    return {.command = Command::access_rights,
            .p1 = static_cast<std::uint32_t>(message.cid),
            .p2 = (message.read ? read_bit : 0) | (message.write ? write_bit : 0)};
}

AccessRights decode_access_rights(const Header& header)
{
    return {.cid = Cid{header.p1}, .read = (header.p2 & read_bit) != 0, .write = (header.p2 & write_bit) != 0};
}

Header to_header(const CreateFailed& message)
{
    return {.command = Command::create_failed, .p1 = static_cast<std::uint32_t>(message.cid)};
}

CreateFailed decode_create_failed(const Header& header)
{
    return {.cid = Cid{header.p1}};
}

Header to_header(const ClearChannel& message)
{
    return {.command = Command::clear_channel,
            .type = message.type,
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.cid)};
}

ClearChannel decode_clear_channel(const Header& header)
{
    return {.type = header.type, .count = header.count, .sid = Sid{header.p1}, .cid = Cid{header.p2}};
}

Header to_header(const ServerDisconnect& message)
{
    return {.command = Command::server_disconnect, .p1 = static_cast<std::uint32_t>(message.cid)};
}

ServerDisconnect decode_server_disconnect(const Header& header)
{
    return {.cid = Cid{header.p1}};
}

} // namespace iochron::wire::ca
