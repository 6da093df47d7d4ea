#include "wire/ca/echo.h"

namespace iochron::wire::ca {

Header to_header(const Echo& message)
{
    return {.command = Command::echo,
            .size = static_cast<std::uint32_t>(padded(message.data.size())),
            .type = message.type,
            .count = message.count,
            .p1 = message.p1,
            .p2 = message.p2};
}

void write_payload(base::Writer& writer, const Echo& message)
{
    writer.bytes(message.data);
}

Echo decode_echo(const Header& header, std::span<const std::byte> payload)
{
    return {.type = header.type, .count = header.count, .p1 = header.p1, .p2 = header.p2, .data = payload};
}

Header to_header(const ReadSync& message)
{
    return {.command = Command::read_sync,
            .type = message.type,
            .count = message.count,
            .p1 = message.p1,
            .p2 = message.p2};
}

ReadSync decode_read_sync(const Header& header)
{
    return {.type = header.type, .count = header.count, .p1 = header.p1, .p2 = header.p2};
}

} // namespace iochron::wire::ca
