#pragma once

#include "wire/ca/header.h"
#include "wire/ca/version.h"

#include <cstdint>

namespace iochron::wire::ca {

/// "I am here" (RSRV_IS_UP): from servers to the repeaters, which pass it on to the clients of their host. UDP.
struct Beacon {
    std::uint16_t minor = minor_version;
    std::uint16_t port = 0;    ///< of the server's TCP listener; 0: the client's default
    std::uint32_t id = 0;      ///< counts the server's beacons and wraps (since minor 10)
    std::uint32_t address = 0; ///< IPv4 as a number; 0: the repeater fills in the sender's

    bool operator==(const Beacon&) const = default;
};

[[nodiscard]] Header to_header(const Beacon& beacon);
[[nodiscard]] Beacon decode_beacon(const Header& header);

} // namespace iochron::wire::ca
