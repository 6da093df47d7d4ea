#include "wire/ca/error.h"

#include "wire/ca/message.h"

namespace iochron::wire::ca {

namespace {
constexpr std::size_t payload_max = 512;

std::string_view cut(const Error& message)
{
    return message.text.substr(0, payload_max - header_bytes(message.request) - 1);
}
} // namespace

Header to_header(const Error& message)
{
    return {.command = Command::error,
            .size = static_cast<std::uint32_t>(padded(header_bytes(message.request) + cut(message).size() + 1)),
            .p1 = message.cid,
            .p2 = static_cast<std::uint32_t>(message.status)};
}

void write_payload(base::Writer& writer, const Error& message)
{
    encode(writer, message.request);
    const std::string_view text = cut(message);
    writer.text(text, text.size(), false);
}

base::Result<Error> decode_error(const Header& header, std::span<const std::byte> payload)
{
    base::Reader reader(payload);
    const Header request = decode_header(reader);
    if (!reader.ok()) {
        return std::unexpected(reader.fault());
    }
    return Error{.cid = header.p1,
                 .status = Eca{header.p2},
                 .request = request,
                 .text = text_of(payload.subspan(reader.offset()))};
}

} // namespace iochron::wire::ca
