// A Channel Access gateway in a page: a server whose PVs are those that a client finds. The client searches as
// EPICS_CA_* says, the server answers as EPICS_CAS_* says; the two must not reach each other.
//
//     EPICS_CA_ADDR_LIST=10.1.255.255 EPICS_CA_AUTO_ADDR_LIST=NO EPICS_CAS_INTF_ADDR_LIST=10.2.0.1 ca_gateway
#include "base/counters.h"
#include "client/ca/client.h"
#include "ioc/environment.h"
#include "reactor/spdlog_log.h"
#include "server/ca/server.h"

#include <fmt/format.h>

#include <cstdio>

int main()
{
    using namespace iochron;
    reactor::SpdlogLog log({.level = base::Level::warning});
    reactor::Shard shard({.name = "gateway"});
    base::Counters counters;
    server::Budget budget(base::Limits{}.process_output_bytes);

    client::ca::Client network(shard, client::ca::parse_settings(ioc::process_variable), log);
    const server::ca::ParsedSettings parsed = server::ca::parse_settings(ioc::process_variable);
    const auto server = server::ca::Server::open(
        shard, parsed.settings, {.sources = {&network}, .log = log, .counters = counters, .budget = budget});
    if (!server) {
        fmt::print(stderr, "ca_gateway: {}\n", server.error());
        return 1;
    }
    fmt::print("serving at port {}\n", (*server)->port());
    std::fflush(stdout);
    shard.run();
}
