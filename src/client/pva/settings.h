#pragma once

#include "base/endpoint.h"
#include "base/time.h"
#include "client/variables.h"

#include <cstdint>
#include <string>
#include <vector>

namespace iochron::client::pva {

/// What a pvAccess client is told by its environment, read once (PVXS, "Client configuration").
struct Settings {
    std::vector<Host> address_list;                    ///< EPICS_PVA_ADDR_LIST: where to search
    std::vector<Host> name_servers;                    ///< EPICS_PVA_NAME_SERVERS: asked for names by TCP
    bool auto_address_list = true;                     ///< EPICS_PVA_AUTO_ADDR_LIST: at all interfaces' broadcasts too
    std::vector<base::Ipv4> interfaces;                ///< EPICS_PVA_INTF_ADDR_LIST: the only ones to use; empty: all
    std::uint16_t server_port = 5075;                  ///< EPICS_PVA_SERVER_PORT: of a server named without a port
    std::uint16_t search_port = 5076;                  ///< EPICS_PVA_BROADCAST_PORT
    base::Duration timeout = std::chrono::seconds(40); ///< silence that ends a connection: 4/3 EPICS_PVA_CONN_TMO
    std::string account;                               ///< who we say we are
    std::string host;
    std::vector<std::string> warnings; ///< what was wrong in the environment and what was taken instead
};

[[nodiscard]] Settings parse_settings(const Environment& environment);

} // namespace iochron::client::pva
