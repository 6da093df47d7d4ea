#include "cli/command.h"

#include "cli/bench.h"
#include "cli/ioc.h"

#include <array>

namespace iochron::cli {

std::span<const Command> commands()
{
    static constexpr std::array table = {
        Command{"ioc", "softIoc", "run an IOC with the records of .db files", ioc_main},
        Command{"bench", "", "the performance test that counts every update", bench_main},
        Command{"bench-client", "", "", bench_client_main},
        Command{"bench-server", "", "", bench_server_main},
    };
    return table;
}

} // namespace iochron::cli
