#pragma once

#include "base/endpoint.h"
#include "base/time.h"
#include "server/environment.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::server::ca {

/// Where and how the CA server is found: EPICS_CAS_* as values.
/// Thread: fixed
struct Settings {
    static constexpr std::uint16_t default_port = 5064;
    static constexpr std::uint16_t default_beacon_port = 5065;

    bool enabled = true;                             ///< false: EPICS_IOC_IGNORE_SERVERS holds "rsrv"
    std::vector<base::Ipv4> interfaces;              ///< addresses to serve; empty: all
    std::vector<base::Ipv4> groups;                  ///< multicast groups in which searches are heard
    std::uint16_t port = default_port;               ///< UDP, and TCP where it is free; 0: any, for tests
    bool auto_beacons = true;                        ///< beacons to the broadcast addresses of the interfaces
    std::string beacon_list;                         ///< further destinations, "host[:port] ..."
    std::uint16_t beacon_port = default_beacon_port; ///< where a destination names none
    base::Duration beacon_period = std::chrono::seconds(15);
    std::vector<base::Ipv4> ignored; ///< searches from here are dropped
    int multicast_ttl = 1;
    /// Header and payload of one message; nothing: as base::Limits says (EPICS_CA_AUTO_ARRAY_BYTES).
    std::optional<std::size_t> message_bytes;
};

struct ParsedSettings {
    Settings settings;
    std::vector<std::string> problems; ///< one line each, with what was taken instead
};

/// Reads EPICS_CAS_*, and of EPICS_CA_* what a server falls back to (CA reference manual, "Configuring Environment
/// Variables"). An empty value is as good as none. Never fails: what makes no sense is told and its default taken.
[[nodiscard]] ParsedSettings parse_settings(const Variable& variable);

} // namespace iochron::server::ca
