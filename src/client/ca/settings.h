#pragma once

#include "base/time.h"
#include "client/variables.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::client::ca {

/// What a Channel Access client is told by its environment, read once. The names, defaults and odd rules are those of
/// EPICS Base (CAref, "Configuring Client Behavior"; libca's iocinf.cpp and cac.cpp for what that leaves open).
struct Settings {
    std::vector<Host> address_list; ///< EPICS_CA_ADDR_LIST: where to search, beside the interfaces' own
    bool auto_address_list = true;  ///< EPICS_CA_AUTO_ADDR_LIST: search at every interface's broadcast address
    std::vector<Host> name_servers; ///< EPICS_CA_NAME_SERVERS: where to search by TCP
    std::uint16_t server_port = 5064;
    std::uint16_t repeater_port = 5065;
    base::Duration connection_timeout = std::chrono::seconds(30); ///< EPICS_CA_CONN_TMO: silence before an echo
    base::Duration echo_timeout = std::chrono::seconds(5);        ///< fixed in libca: from echo to "unresponsive"
    base::Duration max_search_period = std::chrono::seconds(300); ///< EPICS_CA_MAX_SEARCH_PERIOD, at least 60 s
    /// EPICS_CA_MAX_ARRAY_BYTES, only with EPICS_CA_AUTO_ARRAY_BYTES=NO: one message, payload and header.
    std::optional<std::size_t> max_message_bytes;
    std::uint8_t multicast_ttl = 1; ///< EPICS_CA_MCAST_TTL
    /// How a repeater is started where none answers, looked for on the PATH; empty: not at all. parse_settings() says
    /// caRepeater.
    std::vector<std::string> repeater_command;
    std::string account;               ///< what CLIENT_NAME says
    std::string host;                  ///< what HOST_NAME says
    std::vector<std::string> warnings; ///< what was wrong in the environment and what was taken instead
};

[[nodiscard]] Settings parse_settings(const Environment& environment);

} // namespace iochron::client::ca
