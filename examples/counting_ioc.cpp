// The IOC of the published performance tests: N ai records, each given a new value at a rate by user code.
//
//     counting_ioc 1000 10        # records TEST:AI00000 ..., 10 times a second each
#include "ioc/ioc.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv)
{
    const int records = argc > 1 ? std::atoi(argv[1]) : 100;
    const double rate_hz = argc > 2 ? std::atof(argv[2]) : 10;

    iochron::Ioc ioc{{.prefix = "TEST"}};
    std::vector<iochron::AiRecord> counters;
    for (int i = 0; i < records; ++i) {
        counters.push_back(ioc.ai(fmt::format("AI{:05}", i), {.desc = "Counts up", .prec = 3}));
    }
    const auto period =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(1 / rate_hz));
    ioc.every(period, [&, count = 0.0]() mutable {
        ++count;
        for (const iochron::AiRecord& counter : counters) {
            counter.set(count);
        }
    });
    ioc.run();
}
