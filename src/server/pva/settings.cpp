#include "server/pva/settings.h"

#include <algorithm>
#include <cctype>

namespace iochron::server::pva {
namespace {

/// YES, NO, 1 and 0, in any case.
void read_switch(EnvironmentReading& reading, bool& to, std::initializer_list<std::string_view> names)
{
    const auto found = reading.first_of(names);
    if (!found) {
        return;
    }
    std::string text = found->text;
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (text == "yes" || text == "1") {
        to = true;
    } else if (text == "no" || text == "0") {
        to = false;
    } else {
        reading.problem("{}: \"{}\" is neither YES nor NO, {} is used", found->name, found->text, to ? "YES" : "NO");
    }
}

} // namespace

ParsedSettings parse_settings(const Variable& variable)
{
    ParsedSettings parsed;
    Settings& settings = parsed.settings;
    EnvironmentReading reading(variable, parsed.problems);
    settings.enabled = !reading.has_word("EPICS_IOC_IGNORE_SERVERS", "qsrv2");
    for (const base::Ipv4 address : reading.addresses("EPICS_PVAS_INTF_ADDR_LIST")) {
        (address.multicast() ? settings.groups : settings.interfaces).push_back(address);
    }
    if (std::ranges::find(settings.interfaces, base::ipv4_any) != settings.interfaces.end()) {
        settings.interfaces.clear();
    }
    constexpr std::uint16_t highest = 65'535; // and no lowest one, unlike Channel Access
    reading.number<std::uint16_t>(settings.port, 0, highest, {"EPICS_PVAS_SERVER_PORT", "EPICS_PVA_SERVER_PORT"});
    reading.number<std::uint16_t>(settings.search_port, 1, highest,
                                  {"EPICS_PVAS_BROADCAST_PORT", "EPICS_PVA_BROADCAST_PORT"});
    read_switch(reading, settings.auto_beacons, {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "EPICS_PVA_AUTO_ADDR_LIST"});
    if (auto list = reading.first_of({"EPICS_PVAS_BEACON_ADDR_LIST", "EPICS_PVA_ADDR_LIST"})) {
        settings.beacon_list = std::move(list->text);
    }
    settings.ignored = reading.addresses("EPICS_PVAS_IGNORE_ADDR_LIST");
    double period = 15;
    reading.number(period, 1.0, 1e6, {"EPICS_PVAS_BEACON_PERIOD", "EPICS_PVA_BEACON_PERIOD"});
    settings.beacon_period = std::chrono::round<base::Duration>(std::chrono::duration<double>(period));
    double timeout = 30;
    reading.number(timeout, 1.5, 86'400.0, {"EPICS_PVA_CONN_TMO"});
    settings.silence = std::chrono::round<base::Duration>(std::chrono::duration<double>(timeout * 4 / 3));
    return parsed;
}

} // namespace iochron::server::pva
