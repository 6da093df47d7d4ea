#include "perf/scenario.h"

#include "base/problem.h"
#include "perf/child.h"
#include "perf/loopback.h"
#include "perf/process_meter.h"
#include "perf/socket_meter.h"
#include "perf/temporary_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>

namespace iochron::perf {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds start_patience = seconds(120);
constexpr milliseconds drain_patience = seconds(120);
constexpr milliseconds reply_patience = seconds(30);

std::optional<unsigned> cpu(const ScenarioOptions& options, unsigned which)
{
    return options.pin && std::thread::hardware_concurrency() > 1 ? std::optional(which) : std::nullopt;
}

/// The server's own, by name.
using Counts = std::map<std::string, std::uint64_t>;

Counts server_counts(Child& server)
{
    Counts counts;
    server.tell("counters");
    while (true) {
        const std::string line = server.expect("", reply_patience);
        if (line == "end of counters") {
            return counts;
        }
        const std::size_t space = line.find(' ');
        counts[line.substr(0, space)] = std::strtoull(line.c_str() + std::min(space, line.size()), nullptr, 10);
    }
}

struct Moment {
    Clock::time_point time;
    ProcessUse process;
    SocketUse sockets;
};

Moment look(const Child& child)
{
    return {Clock::now(), process_use(child.pid()).value_or(ProcessUse{}), socket_use(child.pid())};
}

SideUse between(const Moment& from, const Moment& to)
{
    const double elapsed = std::chrono::duration<double>(to.time - from.time).count();
    return {(to.process.cpu_seconds - from.process.cpu_seconds) / elapsed * 100,
            static_cast<double>(to.sockets.sent_bytes - from.sockets.sent_bytes) / elapsed / 1000,
            static_cast<double>(to.sockets.received_bytes - from.sockets.received_bytes) / elapsed / 1000,
            to.process.resident_bytes};
}

nlohmann::json ask(Child& client, const std::string& what, milliseconds patience)
{
    client.tell(what);
    return nlohmann::json::parse(client.expect("{", patience));
}

/// Both processes of a row, started and subscribed.
struct Pair {
    Child& server;
    Child& client;
};

std::vector<std::string> server_command(const Row& row, const ScenarioOptions& options, const std::string& file)
{
    if (row.server == "calc") {
        return {options.program, "ioc", "-d", file};
    }
    return {options.program, "bench-server",
            "--kind",        row.server,
            "--pvs",         fmt::format("{}", row.server_pvs),
            "--rate",        fmt::format("{}", row.rate_hz)};
}

std::vector<std::string> client_command(const Row& row, const ScenarioOptions& options)
{
    return {options.program, "bench-client",
            "--protocol",    row.client,
            "--pvs",         fmt::format("{}", row.client_pvs),
            "--monitors",    fmt::format("{}", row.monitors_per_pv),
            "--number",      row.server == "sharedpv" ? "int32" : "float64"};
}

/// Of the updates that the rate asks for in the whole periods of a window, so many were made between the two counts.
double share_made(const Row& row, double window_seconds, const Counts& before, const Counts& after)
{
    const double wanted = row.server_pvs * std::floor(row.rate_hz * window_seconds);
    const char* const name = row.server == "sharedpv" ? "shared_pv.posted" : "db.processed";
    return wanted > 0 ? static_cast<double>(after.at(name) - before.at(name)) / wanted : 1;
}

void measure(const Row& row, Pair& pair, const ScenarioOptions& options, Result& result)
{
    const auto before = server_counts(pair.server);
    (void)ask(pair.client, "measure", reply_patience);
    const Moment server_before = look(pair.server);
    const Moment client_before = look(pair.client);
    const auto until = server_before.time + std::chrono::duration<double>(row.seconds);
    for (auto left = until - Clock::now(); left > left.zero(); left = until - Clock::now()) {
        options.progress(fmt::format("measuring, {:.0f} s left", std::chrono::duration<double>(left).count()));
        std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(left, seconds(1)));
    }
    const Moment server_after = look(pair.server);
    const Moment client_after = look(pair.client);
    const nlohmann::json seen = ask(pair.client, "measured", reply_patience);
    const double took = seen.at("seconds");
    auto after = server_counts(pair.server);
    if (share_made(row, took, before, after) < least_processed_share) {
        std::this_thread::sleep_for(std::chrono::duration<double>(0.25 / row.rate_hz));
        after = server_counts(pair.server); // a tick that was late just when the window ended counts all the same
    }

    result.seconds = took;
    result.server = between(server_before, server_after);
    result.client = between(client_before, client_after);
    result.updates_expected = static_cast<std::uint64_t>(row.updates_per_second() * took);
    result.updates_received = seen.at("received");
    result.p50_us = seen.at("p50_us");
    result.p99_us = seen.at("p99_us");
    result.max_us = seen.at("max_us");
    const auto count = [&](const char* name) { return after.at(name) - before.at(name); };
    result.late = count("db.scans_late") + count("ioc.ticks_late");
    result.skipped = count("db.scans_skipped") + count("ioc.ticks_skipped");
    result.processed_share = share_made(row, took, before, after);
}

void drain(Pair& pair, Result& result)
{
    pair.server.tell("iocPause");
    pair.server.tell("echo paused");
    pair.server.expect("paused", reply_patience);
    const nlohmann::json verdict = ask(pair.client, "drain", drain_patience);
    result.verdict.received = verdict.at("received");
    result.verdict.lost = verdict.at("lost");
    result.verdict.repeated = verdict.at("repeated");
    result.verdict.misordered = verdict.at("misordered");
    result.verdict.wrong = verdict.at("wrong");
    result.verdict.silent = verdict.at("silent");
    result.failures = verdict.at("troubles");
    const auto counts = server_counts(pair.server);
    const auto server = fmt::format("{}.server.", result.row.client);
    result.coalesced = counts.at(server + "coalesced") + counts.at(server + "paused");
    result.subscriptions_served = counts.at(server + "subscriptions");
    result.updates_sent = counts.at(server + "posted") - result.coalesced;
    if (result.row.server == "sharedpv") {
        result.coalesced += counts.at("shared_pv.coalesced");
    }
}

} // namespace

std::string pv_name(std::uint32_t i)
{
    return fmt::format("BENCH{:06}", i);
}

std::string calc_database(std::uint32_t pvs, double rate_hz)
{
    std::string text;
    for (std::uint32_t i = 0; i < pvs; ++i) {
        const std::string name = pv_name(i);
        fmt::format_to(std::back_inserter(text),
                       "record(calc, \"{0}\") {{ field(CALC, \"A+1\") field(INPA, \"{0}.VAL NPP\") "
                       "field(SCAN, \"{1:g} second\") }}\n",
                       name, rate_hz > 0 ? 1 / rate_hz : 10);
    }
    return text;
}

Result run_row(const Row& row, const ScenarioOptions& options)
{
    const TemporaryFile file(row.server == "calc" ? calc_database(row.server_pvs, row.rate_hz) : std::string{});
    const auto environment = loopback_environment();
    options.progress("starting the server");
    Child server(server_command(row, options, file.path()), {environment, cpu(options, 0)});
    server.expect("iocRun: All initialization complete", start_patience);
    options.progress("subscribing");
    Child client(client_command(row, options), {environment, cpu(options, 1)});
    client.expect("ready", start_patience);
    Pair pair{server, client};

    Result result;
    result.row = row;
    measure(row, pair, options, result);
    options.progress("draining");
    drain(pair, result);
    judge(result);
    for (const auto& [which, child] : {std::pair("client", &client), std::pair("server", &server)}) {
        if (child->finish(reply_patience) != 0) {
            result.failures.push_back(fmt::format("the {} did not end in order", which));
        }
    }
    return result;
}

} // namespace iochron::perf
