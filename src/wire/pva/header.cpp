#include "wire/pva/header.h"

namespace iochron::wire::pva {
namespace {

std::uint8_t flags_of(const Header& header)
{
    return static_cast<std::uint8_t>((header.control ? flag_control : 0) | static_cast<std::uint8_t>(header.segment) |
                                     (header.from == Role::server ? flag_server : 0) |
                                     (header.order == base::ByteOrder::big ? flag_big : 0));
}

} // namespace

std::string_view to_string(Command command)
{
    constexpr std::array<std::string_view, 23> names = {"BEACON",
                                                        "CONNECTION_VALIDATION",
                                                        "ECHO",
                                                        "SEARCH",
                                                        "SEARCH_RESPONSE",
                                                        "AUTHNZ",
                                                        "ACL_CHANGE",
                                                        "CREATE_CHANNEL",
                                                        "DESTROY_CHANNEL",
                                                        "CONNECTION_VALIDATED",
                                                        "GET",
                                                        "PUT",
                                                        "PUT_GET",
                                                        "MONITOR",
                                                        "ARRAY",
                                                        "DESTROY_REQUEST",
                                                        "PROCESS",
                                                        "GET_FIELD",
                                                        "MESSAGE",
                                                        "",
                                                        "RPC",
                                                        "CANCEL_REQUEST",
                                                        "ORIGIN_TAG"};
    const auto number = static_cast<std::size_t>(command);
    return number < names.size() ? names[number] : std::string_view{};
}

void write(std::span<std::byte, header_bytes> to, const Header& header)
{
    to[0] = magic;
    to[1] = std::byte{header.version};
    to[2] = std::byte{flags_of(header)};
    to[3] = std::byte{header.code};
    base::store(to.data() + 4, header.size, header.order);
}

std::size_t begin_message(std::vector<std::byte>& to, Role from, base::ByteOrder order, Command command)
{
    const std::size_t start = to.size();
    to.resize(start + header_bytes);
    write(std::span(to).subspan(start).first<header_bytes>(),
          {.from = from, .order = order, .code = static_cast<std::uint8_t>(command)});
    return start;
}

void end_message(std::vector<std::byte>& to, std::size_t start, base::ByteOrder order, std::size_t lent_bytes)
{
    base::store(to.data() + start + 4, static_cast<std::uint32_t>(to.size() - start - header_bytes + lent_bytes),
                order);
}

std::array<std::byte, header_bytes> control_message(Role from, base::ByteOrder order, Control code,
                                                    std::uint32_t argument)
{
    std::array<std::byte, header_bytes> bytes{};
    write(bytes,
          {.control = true, .from = from, .order = order, .code = static_cast<std::uint8_t>(code), .size = argument});
    return bytes;
}

} // namespace iochron::wire::pva
