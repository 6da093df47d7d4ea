#include "client/pva/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace iochron::client::pva {

Settings parse_settings(const Environment& environment)
{
    Settings settings;
    Variables variables(environment, settings.warnings);
    const auto port = [&](std::string_view name, std::uint16_t otherwise, std::uint16_t least = 1) {
        return static_cast<std::uint16_t>(variables.number(name, otherwise, least, 65'535));
    };
    // A server's 0 is any port, which tells a client nothing.
    const std::uint16_t servers = port("EPICS_PVAS_SERVER_PORT", settings.server_port, 0);
    settings.server_port = port("EPICS_PVA_SERVER_PORT", servers != 0 ? servers : settings.server_port);
    settings.search_port = port("EPICS_PVA_BROADCAST_PORT", settings.search_port);
    settings.address_list = variables.hosts("EPICS_PVA_ADDR_LIST", settings.search_port);
    settings.name_servers = variables.hosts("EPICS_PVA_NAME_SERVERS", settings.server_port);
    std::string automatic = variables.text("EPICS_PVA_AUTO_ADDR_LIST");
    std::ranges::transform(automatic, automatic.begin(), [](unsigned char c) { return std::tolower(c); });
    settings.auto_address_list = automatic != "no" && automatic != "0";
    for (const Host& host : variables.hosts("EPICS_PVA_INTF_ADDR_LIST", 1)) {
        const auto address = base::parse_ipv4(host.name);
        if (!address) {
            settings.warnings.push_back(
                fmt::format("EPICS_PVA_INTF_ADDR_LIST: \"{}\" is no address; left out", host.name));
        } else if (!address->any()) {
            settings.interfaces.push_back(*address);
        }
    }
    const double seconds = variables.number("EPICS_PVA_CONN_TMO", 30, 1.5, 86'400) * 4 / 3;
    settings.timeout = std::chrono::round<base::Duration>(std::chrono::duration<double>(seconds));
    return settings;
}

} // namespace iochron::client::pva
