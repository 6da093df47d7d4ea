// The other IOC of the published performance tests: N calc records that count up by themselves, ten times a second.
// With "db" as second argument it prints its records as a .db file instead, which `iochron ioc -d` loads.
//
//     calc_ioc 1000
//     calc_ioc 1000 db > calc1000.db
#include "ioc/ioc.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv)
{
    const int records = argc > 1 ? std::atoi(argv[1]) : 100;

    iochron::Ioc ioc{{.prefix = "TEST"}};
    for (int i = 0; i < records; ++i) {
        const std::string name = fmt::format("CALC{:05}", i);
        ioc.calc(name, {.calc = "A+1", .inp = {fmt::format("TEST:{}.VAL NPP", name)}, .scan = ".1 second"});
    }
    if (argc > 2 && std::string_view(argv[2]) == "db") {
        fmt::print("{}", ioc.db_text());
        return 0;
    }
    ioc.run();
}
