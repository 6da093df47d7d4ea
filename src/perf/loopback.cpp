#include "perf/loopback.h"

#include "perf/free_port.h"

#include <fmt/format.h>

namespace iochron::perf {

std::map<std::string, std::string> loopback_environment()
{
    const std::string port = fmt::format("{}", free_port());
    const std::string repeater = fmt::format("{}", free_port());
    const std::string search = fmt::format("{}", free_port());
    return {{"IOCHRON_LOG", "warning"},
            {"EPICS_CA_SERVER_PORT", port},
            {"EPICS_CA_REPEATER_PORT", repeater},
            {"EPICS_CA_ADDR_LIST", "127.0.0.1"},
            {"EPICS_CA_AUTO_ADDR_LIST", "NO"},
            {"EPICS_CA_NAME_SERVERS", ""},
            {"EPICS_CAS_SERVER_PORT", port},
            {"EPICS_CAS_BEACON_PORT", repeater},
            {"EPICS_CAS_BEACON_ADDR_LIST", "127.0.0.1"},
            {"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "NO"},
            {"EPICS_CAS_INTF_ADDR_LIST", "127.0.0.1"},
            {"EPICS_PVA_BROADCAST_PORT", search},
            {"EPICS_PVA_ADDR_LIST", "127.0.0.1"},
            {"EPICS_PVA_AUTO_ADDR_LIST", "NO"},
            {"EPICS_PVA_NAME_SERVERS", ""},
            {"EPICS_PVAS_SERVER_PORT", "0"},
            {"EPICS_PVAS_BROADCAST_PORT", search},
            {"EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1"},
            {"EPICS_PVAS_BEACON_ADDR_LIST", "127.0.0.1"},
            {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "NO"}};
}

} // namespace iochron::perf
