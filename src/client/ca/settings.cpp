#include "client/ca/settings.h"

#include "client/variables.h"
#include "wire/ca/header.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::ca {
namespace {

using wire::ca::carried_message_bytes;

base::Duration seconds(double number)
{
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(number));
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return text;
}

} // namespace

Settings parse_settings(const Environment& environment)
{
    Settings settings;
    settings.repeater_command = {"caRepeater"};
    Variables variables(environment, settings.warnings);
    settings.server_port = variables.port("EPICS_CA_SERVER_PORT", settings.server_port);
    settings.repeater_port = variables.port("EPICS_CA_REPEATER_PORT", settings.repeater_port);
    settings.address_list = variables.hosts("EPICS_CA_ADDR_LIST", settings.server_port);
    settings.name_servers = variables.hosts("EPICS_CA_NAME_SERVERS", settings.server_port);
    const std::string automatic = variables.text("EPICS_CA_AUTO_ADDR_LIST");
    settings.auto_address_list = !automatic.contains("no") && !automatic.contains("NO"); // but not "No": libca
    settings.connection_timeout = seconds(variables.number("EPICS_CA_CONN_TMO", 30, 0.1, 86'400));
    settings.max_search_period = seconds(variables.number("EPICS_CA_MAX_SEARCH_PERIOD", 300, 60, 1e9));
    settings.multicast_ttl = static_cast<std::uint8_t>(variables.number("EPICS_CA_MCAST_TTL", 1, 0, 255));
    const std::string sized_as_needed = variables.text("EPICS_CA_AUTO_ARRAY_BYTES");
    if (!sized_as_needed.empty() && lower(sized_as_needed) != "yes") {
        const double bytes = variables.number("EPICS_CA_MAX_ARRAY_BYTES", 16'384, 0, 4e9);
        const std::size_t message = static_cast<std::size_t>(bytes) + wire::ca::extended_header_bytes;
        if (message < carried_message_bytes) {
            settings.warnings.push_back(
                fmt::format("EPICS_CA_MAX_ARRAY_BYTES={} is too few; {} are used", bytes, carried_message_bytes));
        }
        settings.max_message_bytes = std::max(carried_message_bytes, message);
    }
    return settings;
}

} // namespace iochron::client::ca
