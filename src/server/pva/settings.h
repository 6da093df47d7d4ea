#pragma once

#include "base/endpoint.h"
#include "base/time.h"
#include "server/environment.h"

#include <cstdint>
#include <string>
#include <vector>

namespace iochron::server::pva {

/// Where and how the pvAccess server is found: EPICS_PVAS_* as values.
/// Thread: fixed
struct Settings {
    static constexpr std::uint16_t default_port = 5075;
    static constexpr std::uint16_t default_search_port = 5076;

    bool enabled = true;                                     ///< false: EPICS_IOC_IGNORE_SERVERS holds "qsrv2"
    std::vector<base::Ipv4> interfaces;                      ///< addresses to serve; empty: all
    std::vector<base::Ipv4> groups;                          ///< further multicast groups in which searches are heard
    std::uint16_t port = default_port;                       ///< TCP, another one where it is taken; 0: any
    std::uint16_t search_port = default_search_port;         ///< UDP; 0: any, for tests
    bool auto_beacons = true;                                ///< beacons to the broadcast addresses of the interfaces
    std::string beacon_list;                                 ///< further destinations, "host[:port] ..."
    std::vector<base::Ipv4> ignored;                         ///< searches from here are dropped
    base::Duration beacon_period = std::chrono::seconds(15); ///< of the first 10; then 180 s, as in pvxs
    base::Duration silence = std::chrono::seconds(40); ///< that ends a connection: 4/3 EPICS_PVA_CONN_TMO, as in pvxs
};

struct ParsedSettings {
    Settings settings;
    std::vector<std::string> problems; ///< one line each, with what was taken instead
};

/// Reads EPICS_PVAS_*, and of EPICS_PVA_* what a server falls back to (PVXS, "Server configuration"). Never fails.
[[nodiscard]] ParsedSettings parse_settings(const Variable& variable);

} // namespace iochron::server::pva
