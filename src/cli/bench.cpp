#include "cli/bench.h"

#include "base/problem.h"
#include "perf/bench.h"
#include "perf/load_client.h"
#include "perf/load_server.h"
#include "perf/planted.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <filesystem>
#include <string>
#include <vector>

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

/// Those of the preset, or the one that the options ask for.
std::vector<perf::Row> rows_of(const std::string& preset, perf::Row row)
{
    if (preset == "quick") {
        return perf::quick_rows();
    }
    if (preset == "seed") {
        return perf::seed_rows(row.seconds > 0 ? row.seconds : 5);
    }
    row.client_pvs = row.monitors_per_pv > 0 ? row.server_pvs : 0;
    row.seconds = row.seconds > 0 ? row.seconds : 10;
    return {row};
}

void check(const std::vector<perf::Row>& rows)
{
    if (rows.empty()) {
        throw base::Problem("the preset has no row with this --server and --client");
    }
    for (const perf::Row& row : rows) {
        if (row.server == "sharedpv" && row.client == "ca") {
            throw base::Problem("SharedPvServer serves pvAccess alone: use --client pva with --server sharedpv");
        }
    }
}

} // namespace

int bench_main(int argc, char** argv)
{
    CLI::App app(
        "Runs a server and a client in processes of their own, counts every update, and prints the table.\n"
        "A row fails on any lost, repeated, misordered or wrong value, on coalesced updates, where server and\n"
        "client do not count alike, and when fewer than 99.5 % of the updates that the rate asks for were made.",
        "iochron bench");
    perf::Row row{.server = "calc", .client = "ca", .server_pvs = 1000, .rate_hz = 10, .monitors_per_pv = 1};
    perf::BenchOptions options;
    std::string preset;
    bool free = false;
    bool self_test = false;
    row.seconds = 0;
    auto* const server = app.add_option("--server", row.server,
                                        "softioc: user code sets ai records; calc: calc records that scan; sharedpv: "
                                        "user code posts to PVs without records (calc)")
                             ->check(CLI::IsMember({"softioc", "calc", "sharedpv"}));
    auto* const client = app.add_option("--client", row.client, "ca: Channel Access; pva: pvAccess (ca)")
                             ->check(CLI::IsMember({"ca", "pva"}));
    app.add_option("--pvs", row.server_pvs, "PVs (1000)")->check(CLI::Range(0u, 10'000'000u));
    app.add_option("--rate", row.rate_hz, "updates of each PV per second (10)")->check(CLI::Range(0.0, 100'000.0));
    app.add_option("--monitors", row.monitors_per_pv, "subscriptions to each PV (1)")->check(CLI::Range(0u, 100'000u));
    app.add_option("--seconds", row.seconds, "how long each row is measured (10; seed: 5)")
        ->check(CLI::Range(0.1, 86'400.0));
    app.add_option("--preset", preset,
                   "quick (under 30 s), or seed (the 67 published rows); with --server or --client only those of it")
        ->check(CLI::IsMember({"quick", "seed"}));
    app.add_option("--json", options.json, "also write the rows to this file");
    app.add_option("--html", options.html, "also write the table to this page");
    app.add_flag("--free", free, "do not pin the server to CPU 0 and the client to CPU 1");
    app.add_flag(
        "--self-test", self_test,
        "plant one fault at a time in all that counts, and see that each is found: over both protocols, or with "
        "--client over one");
    return run(app, argc, argv, [&] {
        if (self_test) {
            return perf::run_self_test(client->count() == 0  ? std::vector{perf::Protocol::ca, perf::Protocol::pva}
                                       : row.client == "pva" ? std::vector{perf::Protocol::pva}
                                                             : std::vector{perf::Protocol::ca});
        }
        options.program = std::filesystem::read_symlink("/proc/self/exe").string();
        options.pin = !free;
        options.rows = rows_of(preset, row);
        std::erase_if(options.rows, [&](const perf::Row& each) {
            return (server->count() > 0 && each.server != row.server) ||
                   (client->count() > 0 && each.client != row.client);
        });
        check(options.rows);
        return perf::run_bench(options);
    });
}

int bench_client_main(int argc, char** argv)
{
    CLI::App app("The client of `iochron bench`, which tells it what to do on standard input.", "iochron bench-client");
    std::string protocol = "ca";
    std::string number = "float64";
    perf::LoadClient::Wanted wanted;
    app.add_option("--protocol", protocol)->check(CLI::IsMember({"ca", "pva"}));
    app.add_option("--number", number)->check(CLI::IsMember({"float64", "int32"}));
    app.add_option("--pvs", wanted.pvs)->required();
    app.add_option("--monitors", wanted.monitors)->required();
    return run(app, argc, argv, [&] {
        wanted.number = number == "int32" ? pv::ScalarType::int32 : pv::ScalarType::float64;
        return perf::run_load_client(protocol, wanted);
    });
}

int bench_server_main(int argc, char** argv)
{
    CLI::App app("The server of `iochron bench --server softioc|sharedpv`.", "iochron bench-server");
    std::string kind = "softioc";
    std::uint32_t pvs = 0;
    double rate_hz = 0;
    app.add_option("--kind", kind)->check(CLI::IsMember({"softioc", "sharedpv"}));
    app.add_option("--pvs", pvs)->required();
    app.add_option("--rate", rate_hz)->required();
    return run(app, argc, argv, [&] {
        return kind == "sharedpv" ? perf::run_shared_load_server(pvs, rate_hz) : perf::run_load_server(pvs, rate_hz);
    });
}

} // namespace iochron::cli
