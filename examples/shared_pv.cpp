// The P4P server of the published performance tests: N integers without records, posted at a rate, over pvAccess.
//
//     shared_pv 1000 10        # TEST:P00000 ..., 10 times a second each
#include "ioc/shared_pv_server.h"
#include "pv/normative.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stop_token>
#include <thread>
#include <vector>

int main(int argc, char** argv)
{
    using namespace iochron;
    const int count = argc > 1 ? std::atoi(argv[1]) : 100;
    const int rate = argc > 2 && std::atoi(argv[2]) > 0 ? std::atoi(argv[2]) : 10;

    SharedPvServer server;
    std::vector<SharedPvServer::Pv> pvs;
    for (int i = 0; i < count; ++i) {
        pvs.push_back(server.add(fmt::format("TEST:P{:05}", i), pv::Structure(pv::nt_scalar(pv::ScalarType::int32))));
    }
    server.add("TEST:MAILBOX", pv::Structure(pv::nt_scalar(pv::ScalarType::int32)));
    server.start();
    fmt::print("ready\n");
    std::fflush(stdout);
    const std::jthread posting([&](const std::stop_token& stop) {
        auto next = std::chrono::steady_clock::now();
        for (int n = 1; !stop.stop_requested(); ++n) {
            for (const SharedPvServer::Pv pv : pvs) {
                server.post(pv, pv::Value::of(n));
            }
            next += std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
            std::this_thread::sleep_until(next);
        }
    });
    server.run();
}
