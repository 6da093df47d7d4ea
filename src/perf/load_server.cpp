#include "perf/load_server.h"

#include "ioc/ioc.h"
#include "ioc/shell.h"
#include "perf/scenario.h"

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

namespace iochron::perf {

int run_load_server(std::uint32_t pvs, double rate_hz)
{
    Ioc ioc;
    ioc::Shell shell(ioc, std::cout, std::cerr);
    std::vector<AiRecord> records;
    for (std::uint32_t i = 0; i < pvs; ++i) {
        records.push_back(ioc.ai(pv_name(i), {.val = 0}));
    }
    if (rate_hz > 0) {
        const std::chrono::duration<double> period(1 / rate_hz);
        ioc.every(std::chrono::duration_cast<std::chrono::nanoseconds>(period), [&, count = 0.0]() mutable {
            ++count;
            for (const AiRecord& record : records) {
                record.set(count);
            }
        });
    }
    if (!shell.line("iocInit")) {
        return 1;
    }
    for (std::string line; !shell.done() && std::getline(std::cin, line);) {
        (void)shell.line(line);
    }
    ioc.stop();
    return 0;
}

} // namespace iochron::perf
