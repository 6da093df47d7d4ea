#include "server/ca/settings.h"

#include "server/environment.h"
#include "wire/ca/header.h"

#include <algorithm>
#include <cctype>

namespace iochron::server::ca {
namespace {

/// Anything else is a no, as in EPICS Base (envGetBoolConfigParam).
bool says_yes(std::string_view text)
{
    constexpr std::string_view yes = "yes";
    return std::ranges::equal(text, yes, [](unsigned char a, char b) { return std::tolower(a) == b; });
}

void read_interfaces(EnvironmentReading& reading, Settings& settings)
{
    for (const base::Ipv4 address : reading.addresses("EPICS_CAS_INTF_ADDR_LIST")) {
        (address.multicast() ? settings.groups : settings.interfaces).push_back(address);
    }
    if (std::ranges::find(settings.interfaces, base::ipv4_any) != settings.interfaces.end()) {
        if (settings.interfaces.size() > 1) {
            reading.problem("EPICS_CAS_INTF_ADDR_LIST: 0.0.0.0 means all interfaces, the other addresses are left out");
        }
        settings.interfaces.clear();
    }
}

void read_array_bytes(EnvironmentReading& reading, Settings& settings)
{
    using wire::ca::carried_message_bytes;
    using wire::ca::extended_header_bytes;
    const auto automatic = reading.first_of({"EPICS_CA_AUTO_ARRAY_BYTES"});
    if (automatic && !says_yes(automatic->text)) {
        std::size_t bytes = carried_message_bytes;
        reading.number(bytes, std::size_t{0}, std::size_t{1} << 40, {"EPICS_CA_MAX_ARRAY_BYTES"});
        if (bytes + extended_header_bytes < carried_message_bytes) {
            reading.problem("EPICS_CA_MAX_ARRAY_BYTES: {} is too few, {} are used", bytes, carried_message_bytes);
        }
        settings.message_bytes = std::max(carried_message_bytes, bytes + extended_header_bytes);
    }
}

} // namespace

ParsedSettings parse_settings(const Variable& variable)
{
    ParsedSettings parsed;
    EnvironmentReading reading(variable, parsed.problems);
    Settings& settings = parsed.settings;
    settings.enabled = !reading.has_word("EPICS_IOC_IGNORE_SERVERS", "rsrv");
    read_interfaces(reading, settings);
    reading.port(settings.port, {"EPICS_CAS_SERVER_PORT", "EPICS_CA_SERVER_PORT"});
    reading.port(settings.beacon_port, {"EPICS_CAS_BEACON_PORT", "EPICS_CA_REPEATER_PORT"});
    if (const auto automatic = reading.first_of({"EPICS_CAS_AUTO_BEACON_ADDR_LIST"})) {
        settings.auto_beacons = says_yes(automatic->text);
    }
    if (auto list = reading.first_of({"EPICS_CAS_BEACON_ADDR_LIST"})) {
        settings.beacon_list = std::move(list->text);
    }
    double period = 15;
    reading.number(period, 0.02, 1e6, {"EPICS_CAS_BEACON_PERIOD", "EPICS_CA_BEACON_PERIOD"});
    settings.beacon_period = std::chrono::round<base::Duration>(std::chrono::duration<double>(period));
    settings.ignored = reading.addresses("EPICS_CAS_IGNORE_ADDR_LIST");
    reading.number(settings.multicast_ttl, 0, 255, {"EPICS_CA_MCAST_TTL"});
    read_array_bytes(reading, settings);
    return parsed;
}

} // namespace iochron::server::ca
