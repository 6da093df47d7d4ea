#include "base/problem.h"
#include "cli/ca_options.h"
#include "cli/ca_session.h"
#include "cli/ca_style.h"
#include "cli/ca_tools.h"

#include <fmt/core.h>

#include <cstdlib>

namespace iochron::cli {
namespace {

constexpr std::string_view usage = R"(usage: cainfo [options] NAME...

Prints where PVs are and what they are.

  -w SECONDS  time-out of connecting (EPICS_CLI_TIMEOUT, 1)
  -s LEVEL    instead, the state of the client: 1 in short, 2 with its channels
  -p N        priority of the circuits, 0 to 99
  -V -h       version; this help
)";

struct Options : CaOptions {
    unsigned level = 0;
};

Options parse(int argc, char** argv)
{
    Options options;
    const auto own = [&](char option, const char* argument) {
        if (option == 's') {
            char* end = nullptr;
            options.level = static_cast<unsigned>(std::strtoul(argument, &end, 10));
            if (end == argument) {
                fmt::print(stderr, "'{}' is not a valid interest level - ignored. ('cainfo -h' for help.)\n", argument);
            }
        } else if (option == 'n') { // a letter that EPICS' cainfo lists and gives no meaning to
            fmt::print(stderr, "{}", usage);
            options.status = 1;
        }
        return option == 's' || option == 'n';
    };
    parse_options(argc, argv, {"cainfo", ":nhVw:s:p:", usage, false}, options, own);
    if (!options.status && options.words.empty() && options.level == 0) {
        fmt::print(stderr, "No pv name specified. ('cainfo -h' for help.)\n");
        options.status = 1;
    }
    return options;
}

void print(const CaPv& pv, const client::ca::ChannelInfo& info)
{
    const std::string_view type = wire::ca::to_string(info.native).substr(sizeof "DBR_" - 1);
    fmt::print("{0}\n    State:            connected\n    Host:             {1}\n    Access:           {2}read, "
               "{3}write\n    Native data type: DBF_{4}\n    Request type:     DBR_{4}\n    Element count:    {5}\n",
               pv.name, host_text(info.server), info.rights.read ? "" : "no ", info.rights.write ? "" : "no ", type,
               info.count);
}

/// -s LEVEL: the client itself. With 1, its circuits and searches; with more, every channel.
void print_state(CaSession& session, unsigned level)
{
    const client::ca::Client& client = session.client();
    fmt::print("Channel Access client: {} circuits, {} names searched, {} datagrams with {} names sent\n",
               client.circuits(), client.searcher().searching(), client.searcher().datagrams_sent(),
               client.searcher().names_sent());
    for (const CaPv& pv : session.pvs()) {
        if (level > 1) {
            print(pv, session.info(pv));
        }
    }
}

} // namespace

int cainfo_main(int argc, char** argv)
{
    const Options options = parse(argc, argv);
    if (options.status) {
        return *options.status;
    }
    try {
        CaSession session(options.words, options.timeout_s, options.priority);
        if (!connect_or_tell(session)) {
            return 1;
        }
        if (options.level > 0) {
            print_state(session, options.level);
            return 0;
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
