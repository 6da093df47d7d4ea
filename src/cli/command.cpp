#include "cli/command.h"

#include "cli/bench.h"
#include "cli/ca_tools.h"
#include "cli/ioc.h"
#include "cli/pv_tools.h"
#include "cli/repeater.h"

#include <algorithm>
#include <array>

namespace iochron::cli {
namespace {

/// One of two tools for the same purpose, by what the names say: Channel Access where they say nothing.
template <int (*Ca)(int, char**), int (*Pva)(int, char**)>
int by_scheme(int argc, char** argv)
{
    const bool pva =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word).starts_with("pva://"); });
    return pva ? Pva(argc, argv) : Ca(argc, argv);
}

} // namespace

std::span<const Command> commands()
{
    static constexpr std::array table = {
        Command{"ioc", "softIoc", "run an IOC with the records of .db files", ioc_main},
        Command{"get", "caget", "read PVs", by_scheme<caget_main, pvget_main>},
        Command{"put", "caput", "write a PV", by_scheme<caput_main, pvput_main>},
        Command{"monitor", "camonitor", "print updates of PVs", by_scheme<camonitor_main, pvmonitor_main>},
        Command{"info", "cainfo", "print where PVs are and what they are", by_scheme<cainfo_main, pvinfo_main>},
        Command{"list", "pvlist", "find pvAccess servers, or list the names of one", pvlist_main},
        Command{"call", "pvcall", "call a pvAccess service", pvcall_main},
        Command{"pvget", "pvget", "", pvget_main},
        Command{"pvmonitor", "pvmonitor", "", pvmonitor_main},
        Command{"pvput", "pvput", "", pvput_main},
        Command{"pvinfo", "pvinfo", "", pvinfo_main},
        Command{"repeater", "caRepeater", "pass servers' beacons on to the clients of this host", repeater_main},
        Command{"beacons", "casw", "print anomalies of Channel Access servers' beacons", casw_main},
        Command{"bench", "", "the performance test that counts every update", bench_main},
        Command{"bench-client", "", "", bench_client_main},
        Command{"bench-server", "", "", bench_server_main},
    };
    return table;
}

} // namespace iochron::cli
