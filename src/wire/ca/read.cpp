#include "wire/ca/read.h"

namespace iochron::wire::ca {

Header to_header(const ReadNotify& message)
{
    return {.command = Command::read_notify,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.ioid)};
}

ReadNotify decode_read_notify(const Header& header)
{
    return {.type = Dbr{header.type}, .count = header.count, .sid = Sid{header.p1}, .ioid = Ioid{header.p2}};
}

Header to_header(const ReadNotifyReply& message)
{
    return {.command = Command::read_notify,
            .size = static_cast<std::uint32_t>(padded(message.data.size())),
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.status),
            .p2 = static_cast<std::uint32_t>(message.ioid)};
}

void write_payload(base::Writer& writer, const ReadNotifyReply& message)
{
    writer.bytes(message.data);
}

ReadNotifyReply decode_read_notify_reply(const Header& header, std::span<const std::byte> payload)
{
    return {.type = Dbr{header.type},
            .count = header.count,
            .status = Eca{header.p1},
            .ioid = Ioid{header.p2},
            .data = payload};
}

Header to_header(const Read& message)
{
    return {.command = Command::read,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.ioid)};
}

Read decode_read(const Header& header)
{
    return {.type = Dbr{header.type}, .count = header.count, .sid = Sid{header.p1}, .ioid = Ioid{header.p2}};
}

Header to_header(const ReadReply& message)
{
    return {.command = Command::read,
            .size = static_cast<std::uint32_t>(padded(message.data.size())),
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.cid),
            .p2 = static_cast<std::uint32_t>(message.ioid)};
}

void write_payload(base::Writer& writer, const ReadReply& message)
{
    writer.bytes(message.data);
}

ReadReply decode_read_reply(const Header& header, std::span<const std::byte> payload)
{
    return {.type = Dbr{header.type},
            .count = header.count,
            .cid = Cid{header.p1},
            .ioid = Ioid{header.p2},
            .data = payload};
}

} // namespace iochron::wire::ca
