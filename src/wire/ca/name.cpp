#include "wire/ca/name.h"

#include "wire/ca/message.h"

#include <fmt/format.h>

namespace iochron::wire::ca {

namespace {
base::Result<std::string_view> terminated(std::span<const std::byte> payload, std::size_t most)
{
    const std::string_view text = text_of(payload);
    if (text.size() == payload.size()) {
        return std::unexpected(base::Fault{payload.size(), "the name has no NUL"});
    }
    if (text.size() >= most) {
        return std::unexpected(
            base::Fault{most, fmt::format("the name has {} bytes, {} are allowed", text.size(), most - 1)});
    }
    return text;
}
} // namespace

Header to_header(const ClientName& message)
{
    return {.command = Command::client_name, .size = name_bytes(message.name)};
}

void write_payload(base::Writer& writer, const ClientName& message)
{
    writer.text(message.name, message.name.size(), false);
}

Header to_header(const HostName& message)
{
    return {.command = Command::host_name, .size = name_bytes(message.name)};
}

void write_payload(base::Writer& writer, const HostName& message)
{
    writer.text(message.name, message.name.size(), false);
}

base::Result<ClientName> decode_client_name(std::span<const std::byte> payload, std::size_t most)
{
    const base::Result<std::string_view> name = terminated(payload, most);
    if (!name) {
        return std::unexpected(name.error());
    }
    return ClientName{*name};
}

base::Result<HostName> decode_host_name(std::span<const std::byte> payload, std::size_t most)
{
    const base::Result<std::string_view> name = terminated(payload, most);
    if (!name) {
        return std::unexpected(name.error());
    }
    return HostName{*name};
}

} // namespace iochron::wire::ca
