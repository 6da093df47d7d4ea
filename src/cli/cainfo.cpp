#include "base/problem.h"
#include "cli/ca_options.h"
#include "cli/ca_session.h"
#include "cli/ca_tools.h"

#include <fmt/core.h>

namespace iochron::cli {
namespace {

constexpr std::string_view usage = R"(usage: cainfo [options] NAME...

Prints where PVs are and what they are.

  -w SECONDS  time-out of connecting (EPICS_CLI_TIMEOUT, 1)
  -p N        priority of the circuits, 0 to 99
  -V -h       version; this help

Not built yet, and refused: -s LEVEL (state of the client).
)";

CaOptions parse(int argc, char** argv)
{
    CaOptions options;
    const auto own = [&](char option, const char*) {
        if (option == 's') {
            fmt::print(stderr, "cainfo: -s is not built yet\n");
            options.status = 2;
        }
        return option == 's';
    };
    parse_options(argc, argv, {"cainfo", ":nhVs:w:p:", usage}, options, own);
    return options;
}

void print(const CaPv& pv, const client::ca::ChannelInfo& info)
{
    const std::string_view type = wire::ca::to_string(info.native).substr(sizeof "DBR_" - 1);
    fmt::print("{}\n    State:            {}\n    Host:             {}\n    Access:           {}read, {}write\n",
               pv.name, pv.connected ? "connected" : "never connected",
               pv.connected ? base::to_string(info.server) : "<disconnected>", info.rights.read ? "" : "no ",
               info.rights.write ? "" : "no ");
    if (pv.connected) {
        fmt::print("    Native data type: DBF_{0}\n    Request type:     DBR_{0}\n    Element count:    {1}\n", type,
                   info.count);
    } else {
        fmt::print("    Native data type: invalid\n    Request type:     invalid\n    Element count:    0\n");
    }
}

} // namespace

int cainfo_main(int argc, char** argv)
{
    const CaOptions options = parse(argc, argv);
    if (options.status) {
        return *options.status;
    }
    try {
        CaSession session(options.words, options.timeout_s, options.priority);
        if (!session.connect()) {
            fmt::print(stderr, "Channel connect timed out: {} not found.\n",
                       options.words.size() == 1 ? "'" + options.words.front() + "'" : "some PV(s)");
        }
        for (const CaPv& pv : session.pvs()) {
            print(pv, session.info(pv));
        }
        return 0;
    } catch (const base::Problem& problem) {
        fmt::print(stderr, "cainfo: {}\n", problem.what());
        return 1;
    }
}

} // namespace iochron::cli
