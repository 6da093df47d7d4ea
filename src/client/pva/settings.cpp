#include "client/pva/settings.h"

#include <algorithm>
#include <cctype>

namespace iochron::client::pva {

Settings parse_settings(const Environment& environment)
{
    Settings settings;
    Variables variables(environment, settings.warnings);
    settings.search_port = variables.port("EPICS_PVA_BROADCAST_PORT", settings.search_port);
    settings.address_list = variables.hosts("EPICS_PVA_ADDR_LIST", settings.search_port);
    std::string automatic = variables.text("EPICS_PVA_AUTO_ADDR_LIST");
    std::ranges::transform(automatic, automatic.begin(), [](unsigned char c) { return std::tolower(c); });
    settings.auto_address_list = automatic != "no" && automatic != "0";
    const double seconds = variables.number("EPICS_PVA_CONN_TMO", 30, 1.5, 86'400) * 4 / 3;
    settings.timeout = std::chrono::round<base::Duration>(std::chrono::duration<double>(seconds));
    if (!variables.text("EPICS_PVA_NAME_SERVERS").empty()) {
        settings.warnings.emplace_back("EPICS_PVA_NAME_SERVERS is not followed yet: name servers are not asked");
    }
    return settings;
}

} // namespace iochron::client::pva
