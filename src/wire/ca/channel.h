#pragma once

#include "base/fault.h"
#include "wire/ca/dbr.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"
#include "wire/ca/version.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace iochron::wire::ca {

/// CREATE_CHAN from the client. Answered by AccessRights and then ChannelCreated, or by CreateFailed.
struct CreateChannel {
    Cid cid{};
    std::uint16_t minor = minor_version; ///< of the client, as in Version
    std::string_view name;               ///< borrows the payload; may be empty, which rsrv does not answer at all

    bool operator==(const CreateChannel&) const = default;
};

/// CREATE_CHAN from the server.
struct ChannelCreated {
    Dbr type{};              ///< native, 0..6
    std::uint32_t count = 1; ///< most elements that it can have; fixed as long as the channel lives, may be 0
    Cid cid{};
    Sid sid{};

    bool operator==(const ChannelCreated&) const = default;
};

/// Before ChannelCreated, and again whenever the rights change. Since minor 2.
struct AccessRights {
    Cid cid{};
    bool read = false;
    bool write = false;

    bool operator==(const AccessRights&) const = default;
};

/// There is no such channel; the client searches again. Since minor 6.
struct CreateFailed {
    Cid cid{};

    bool operator==(const CreateFailed&) const = default;
};

/// The client closes a channel, and the server's answer, after which nothing more comes for it.
struct ClearChannel {
    std::uint16_t type = 0;  ///< means nothing; echoed
    std::uint32_t count = 0; ///< likewise
    Sid sid{};
    Cid cid{};

    bool operator==(const ClearChannel&) const = default;
};

/// The channel is gone on the server's side. Since minor 7.
struct ServerDisconnect {
    Cid cid{};

    bool operator==(const ServerDisconnect&) const = default;
};

[[nodiscard]] Header to_header(const CreateChannel& message);
void write_payload(base::Writer& writer, const CreateChannel& message);
[[nodiscard]] CreateChannel decode_create_channel(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const ChannelCreated& message);
/// Fault: the native type is none of 0..6, at which libca drops the circuit.
[[nodiscard]] base::Result<ChannelCreated> decode_channel_created(const Header& header);

[[nodiscard]] Header to_header(const AccessRights& message);
[[nodiscard]] AccessRights decode_access_rights(const Header& header);

[[nodiscard]] Header to_header(const CreateFailed& message);
[[nodiscard]] CreateFailed decode_create_failed(const Header& header);

[[nodiscard]] Header to_header(const ClearChannel& message);
[[nodiscard]] ClearChannel decode_clear_channel(const Header& header);

[[nodiscard]] Header to_header(const ServerDisconnect& message);
[[nodiscard]] ServerDisconnect decode_server_disconnect(const Header& header);

} // namespace iochron::wire::ca
