#include "cli/bench.h"

#include "perf/bench.h"
#include "perf/load_client.h"
#include "perf/load_server.h"
#include "perf/planted.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <filesystem>

namespace iochron::cli {
namespace {

/// Runs what `parsed` asks for; a message and status where the options are wrong, or a part failed.
template <class F>
int run(CLI::App& app, int argc, char** argv, F parsed)
{
    try {
        app.parse(argc, argv);
        return parsed();
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "{}: {}\n", app.get_name(), problem.what());
        return 1;
    }
}

} // namespace

int bench_main(int argc, char** argv)
{
    CLI::App app("Runs a server and a client in processes of their own, counts every update, and prints the table.\n"
                 "A row fails on any lost, repeated, misordered or wrong value, on coalesced updates, and when fewer\n"
                 "than 99.5 % of the updates that the rate asks for were made.",
                 "iochron bench");
    perf::Row row{.server = "calc", .client = "ca", .server_pvs = 1000, .rate_hz = 10, .monitors_per_pv = 1};
    perf::BenchOptions options;
    std::string preset;
    bool free = false;
    bool self_test = false;
    row.seconds = 0;
    app.add_option("--server", row.server, "softioc: user code sets ai records; calc: calc records that scan")
        ->check(CLI::IsMember({"softioc", "calc"}));
    app.add_option("--client", row.client, "ca: Channel Access; pva: pvAccess")->check(CLI::IsMember({"ca", "pva"}));
    app.add_option("--pvs", row.server_pvs, "PVs (1000)")->check(CLI::Range(0u, 10'000'000u));
    app.add_option("--rate", row.rate_hz, "updates of each PV per second (10)")->check(CLI::Range(0.0, 100'000.0));
    app.add_option("--monitors", row.monitors_per_pv, "subscriptions to each PV (1)")->check(CLI::Range(0u, 100'000u));
    app.add_option("--seconds", row.seconds, "how long each row is measured (10; seed: 5)")
        ->check(CLI::Range(0.1, 86'400.0));
    app.add_option("--preset", preset, "quick (under 30 s), or seed (the 25 published rows over Channel Access)")
        ->check(CLI::IsMember({"quick", "seed"}));
    app.add_option("--json", options.json, "also write the rows to this file");
    app.add_option("--html", options.html, "also write the table to this page");
    app.add_flag("--free", free, "do not pin the server to CPU 0 and the client to CPU 1");
    app.add_flag("--self-test", self_test, "plant one fault at a time in all that counts, and see that each is found");
    return run(app, argc, argv, [&] {
        if (self_test) {
            return perf::run_self_test();
        }
        options.program = std::filesystem::read_symlink("/proc/self/exe").string();
        options.pin = !free;
        if (preset == "quick") {
            options.rows = perf::quick_rows();
        } else if (preset == "seed") {
            options.rows = perf::seed_rows(row.seconds > 0 ? row.seconds : 5);
        } else {
            row.client_pvs = row.monitors_per_pv > 0 ? row.server_pvs : 0;
            row.seconds = row.seconds > 0 ? row.seconds : 10;
            options.rows = {row};
        }
        return perf::run_bench(options);
    });
}

int bench_client_main(int argc, char** argv)
{
    CLI::App app("The client of `iochron bench`, which tells it what to do on standard input.", "iochron bench-client");
    std::string protocol = "ca";
    std::uint32_t pvs = 0;
    std::uint32_t monitors = 0;
    app.add_option("--protocol", protocol)->check(CLI::IsMember({"ca", "pva"}));
    app.add_option("--pvs", pvs)->required();
    app.add_option("--monitors", monitors)->required();
    return run(app, argc, argv, [&] { return perf::run_load_client(protocol, pvs, monitors); });
}

int bench_server_main(int argc, char** argv)
{
    CLI::App app("The server of `iochron bench --server softioc`.", "iochron bench-server");
    std::uint32_t pvs = 0;
    double rate_hz = 0;
    app.add_option("--pvs", pvs)->required();
    app.add_option("--rate", rate_hz)->required();
    return run(app, argc, argv, [&] { return perf::run_load_server(pvs, rate_hz); });
}

} // namespace iochron::cli
