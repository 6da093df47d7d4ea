#include "wire/ca/write.h"

namespace iochron::wire::ca {

Header to_header(const Write& message)
{
    return {.command = Command::write,
            .size = static_cast<std::uint32_t>(padded(message.data.size())),
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = message.client_id};
}

void write_payload(base::Writer& writer, const Write& message)
{
    writer.bytes(message.data);
}

Write decode_write(const Header& header, std::span<const std::byte> payload)
{
    return {.type = Dbr{header.type},
            .count = header.count,
            .sid = Sid{header.p1},
            .client_id = header.p2,
            .data = payload};
}

Header to_header(const WriteNotify& message)
{
    return {.command = Command::write_notify,
            .size = static_cast<std::uint32_t>(padded(message.data.size())),
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.ioid)};
}

void write_payload(base::Writer& writer, const WriteNotify& message)
{
    writer.bytes(message.data);
}

WriteNotify decode_write_notify(const Header& header, std::span<const std::byte> payload)
{
    return {.type = Dbr{header.type},
            .count = header.count,
            .sid = Sid{header.p1},
            .ioid = Ioid{header.p2},
            .data = payload};
}

Header to_header(const WriteNotifyReply& message)
{
    return {.command = Command::write_notify,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.status),
            .p2 = static_cast<std::uint32_t>(message.ioid)};
}

WriteNotifyReply decode_write_notify_reply(const Header& header)
{
    return {.type = Dbr{header.type}, .count = header.count, .status = Eca{header.p1}, .ioid = Ioid{header.p2}};
}

} // namespace iochron::wire::ca
