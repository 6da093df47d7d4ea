#pragma once

#include "base/byte_order.h"
#include "base/reader.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::wire::pva {

inline constexpr std::uint8_t protocol_version = 2;
inline constexpr std::size_t header_bytes = 8;
/// Each header: the magic byte, the version, flags, a code, and the size.
inline constexpr std::byte magic{0xCA};
inline constexpr std::uint8_t flag_control = 0x01;
inline constexpr std::uint8_t flag_segment = 0x30;
inline constexpr std::uint8_t flag_server = 0x40;
inline constexpr std::uint8_t flag_big = 0x80;

enum class Command : std::uint8_t {
    beacon = 0,
    connection_validation = 1,
    echo = 2,
    search = 3,
    search_response = 4,
    authnz = 5,
    acl_change = 6,
    create_channel = 7,
    destroy_channel = 8,
    connection_validated = 9,
    get = 10,
    put = 11,
    put_get = 12,
    monitor = 13,
    array = 14,
    destroy_request = 15,
    process = 16,
    get_field = 17,
    message = 18,
    rpc = 20,
    cancel_request = 21,
    origin_tag = 22,
};

/// "GET", "MONITOR"...; empty for a code that is none.
[[nodiscard]] std::string_view to_string(Command command);

/// What a control message says; its argument stands where other messages have their size.
enum class Control : std::uint8_t { set_marker = 0, acknowledge_marker = 1, set_byte_order = 2 };

/// Who sends a message. Part of every header.
enum class Role : std::uint8_t { client, server };

/// The 8 bytes before every message.
struct Header {
    enum class Segment : std::uint8_t { whole = 0x00, first = 0x10, last = 0x20, middle = 0x30 };

    std::uint8_t version = protocol_version;
    bool control = false;
    Segment segment = Segment::whole;
    Role from = Role::client;
    base::ByteOrder order = base::ByteOrder::little;
    std::uint8_t code = 0;  ///< a Command, or a Control
    std::uint32_t size = 0; ///< of the payload, or a control message's argument

    [[nodiscard]] Command command() const { return static_cast<Command>(code); }
    bool operator==(const Header&) const = default;
};

void write(std::span<std::byte, header_bytes> to, const Header& header);
// hot: for each update that comes, and for each that waits where a queue is behind.
/// Nothing where the first byte is not 0xCA or the version is 0: no pvAccess.
[[nodiscard]] inline std::optional<Header> read_header(std::span<const std::byte, header_bytes> bytes)
{
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(bytes[i]); };
    if (bytes[0] != magic || at(1) == 0) {
        return std::nullopt;
    }
    const std::uint8_t flags = at(2);
    const auto order = (flags & flag_big) != 0 ? base::ByteOrder::big : base::ByteOrder::little;
    return Header{.version = at(1),
                  .control = (flags & flag_control) != 0,
                  .segment = static_cast<Header::Segment>(flags & flag_segment),
                  .from = (flags & flag_server) != 0 ? Role::server : Role::client,
                  .order = order,
                  .code = at(3),
                  .size = base::load<std::uint32_t>(bytes.data() + 4, order)};
}

/// Starts a message at the end of `to`; its size is filled in by end_message(), with what it borrows. Gives where it
/// starts.
[[nodiscard]] std::size_t begin_message(std::vector<std::byte>& to, Role from, base::ByteOrder order, Command command);
void end_message(std::vector<std::byte>& to, std::size_t start, base::ByteOrder order, std::size_t lent_bytes = 0);

/// A control message.
[[nodiscard]] std::array<std::byte, header_bytes> control_message(Role from, base::ByteOrder order, Control code,
                                                                  std::uint32_t argument = 0);

} // namespace iochron::wire::pva
