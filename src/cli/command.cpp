#include "cli/command.h"

#include "cli/bench.h"
#include "cli/ca_tools.h"
#include "cli/ioc.h"

#include <array>

namespace iochron::cli {

std::span<const Command> commands()
{
    static constexpr std::array table = {
        Command{"ioc", "softIoc", "run an IOC with the records of .db files", ioc_main},
        Command{"get", "caget", "read PVs", caget_main},
        Command{"put", "caput", "write a PV", caput_main},
        Command{"monitor", "camonitor", "print updates of PVs", camonitor_main},
        Command{"info", "cainfo", "print where PVs are and what they are", cainfo_main},
        Command{"bench", "", "the performance test that counts every update", bench_main},
        Command{"bench-client", "", "", bench_client_main},
        Command{"bench-server", "", "", bench_server_main},
    };
    return table;
}

} // namespace iochron::cli
