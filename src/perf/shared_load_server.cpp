#include "ioc/ioc.h"
#include "ioc/shared_pv_server.h"
#include "ioc/shell.h"
#include "perf/load_server.h"
#include "perf/scenario.h"
#include "pv/normative.h"

#include <fmt/ostream.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace iochron::perf {
namespace {

/// PVs of which each post is one more than the one before.
/// Thread: any
class Counting {
  public:
    /// The log must live as long.
    Counting(std::uint32_t pvs, base::Log& log)
        : server_({.log = std::shared_ptr<base::Log>(std::shared_ptr<void>(), &log)})
    {
        const pv::Structure first(pv::nt_scalar(pv::ScalarType::int32));
        for (std::uint32_t i = 0; i < pvs; ++i) {
            pvs_.push_back(server_.add(pv_name(i), first));
        }
    }

    [[nodiscard]] SharedPvServer& server() { return server_; }
    void post()
    {
        posting_ = true; // before it asks: end() sets `ended_` first, then waits for this to be false
        if (!ended_) {
            const pv::Value value = pv::Value::of(++count_);
            for (const SharedPvServer::Pv pv : pvs_) {
                (void)server_.post(pv, value); // what is merged is counted, and fails the row
            }
            posts_ += pvs_.size();
        }
        posting_ = false;
    }
    /// No more posts: blocks until all have become values, or parts of later ones.
    void end()
    {
        ended_ = true;
        while (posting_ || taken() < posts_) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

  private:
    [[nodiscard]] std::uint64_t taken() const
    {
        std::uint64_t sum = 0;
        for (const auto& [name, count] : server_.counters()) {
            sum += name == "shared_pv.posted" || name == "shared_pv.coalesced" ? count : 0;
        }
        return sum;
    }

    SharedPvServer server_;
    std::vector<SharedPvServer::Pv> pvs_;
    std::int32_t count_ = 0;
    std::atomic<std::uint64_t> posts_{0};
    std::atomic<bool> posting_{false};
    std::atomic<bool> ended_{false};
};

} // namespace

int run_shared_load_server(std::uint32_t pvs, double rate_hz)
{
    Ioc clock({.serve_ca = false, .serve_pva = false}); // calls at a rate, counts what is late, has a shell
    ioc::Shell shell(clock, std::cout, std::cerr);
    Counting counting(pvs, clock.log());
    if (rate_hz > 0) {
        const std::chrono::duration<double> period(1 / rate_hz);
        clock.every(std::chrono::duration_cast<std::chrono::nanoseconds>(period), [&] { counting.post(); });
    }
    counting.server().start();
    if (!shell.line("iocInit")) {
        return 1;
    }
    for (std::string line; !shell.done() && std::getline(std::cin, line);) {
        if (line == "counters") {
            for (const auto& [name, count] : counting.server().counters()) {
                fmt::print(std::cout, "{} {}\n", name, count);
            }
        }
        (void)shell.line(line);
        if (line == "iocPause") {
            counting.end();
        }
    }
    clock.stop();
    return 0;
}

} // namespace iochron::perf
