#include "cli/pv_session.h"
#include "cli/pv_tools.h"
#include "ioc/until_signal.h"
#include "pv/source.h"

#include <fmt/core.h>

#include <future>

namespace iochron::cli {
namespace {

constexpr const char* get_usage = R"(usage: pvget [options] NAME...

Prints PVs over pvAccess: time, value and alarm of those that are a value, all fields of others.

  -w SECONDS  time to wait for an answer (5)
  -M MODE     nt (default), raw (all fields) or json
  -v          all fields
  -q          no output but errors
  -p pva      the only protocol here
  -V -h       version; this help
)";

constexpr const char* monitor_usage = R"(usage: pvmonitor [options] NAME...

Prints each update of PVs over pvAccess, until it is interrupted. Options: as pvget.
)";

} // namespace

int pvget_main(int argc, char** argv)
{
    const PvOptions options = parse_pv_options(argc, argv, get_usage);
    if (options.status) {
        return *options.status;
    }
    client::Context context(pv_context(true));
    std::vector<std::future<client::Outcome<client::Reading>>> under_way;
    for (const std::string& name : options.words) {
        under_way.push_back(context.get_later(with_scheme(name), patience(options)));
    }
    int status = 0;
    for (std::size_t i = 0; i < under_way.size(); ++i) {
        const auto reading = under_way[i].get();
        const pv::Structure* const structure = reading ? reading->value.structure() : nullptr;
        if (structure == nullptr) {
            fmt::print(stderr, "{}: {}\n", options.words[i], reading ? "no structure" : reading.error().text);
            status = 1;
            continue;
        }
        print(options.words[i], *structure, options);
    }
    return status;
}

int pvmonitor_main(int argc, char** argv)
{
    const PvOptions options = parse_pv_options(argc, argv, monitor_usage);
    if (options.status) {
        return *options.status;
    }
    client::Context context(pv_context(true));
    std::vector<client::Monitor> monitors;
    for (const std::string& name : options.words) {
        client::MonitorOptions how;
        how.on_connection = [name](bool connected, std::string_view) {
            if (!connected) {
                fmt::print("{} <Disconnect>\n", name);
                std::fflush(stdout);
            }
        };
        auto monitor = context.monitor(
            with_scheme(name),
            [&options, name](const client::Updates& updates) {
                for (const pv::Update& update : updates.updates) {
                    if (const pv::Structure* const structure = update.sample.value.structure()) {
                        print(name, *structure, options);
                    }
                }
            },
            std::move(how));
        if (!monitor) {
            fmt::print(stderr, "{}: {}\n", name, monitor.error().text);
            return 1;
        }
        monitors.push_back(std::move(*monitor));
    }
    ioc::until_signal();
    return 0;
}

} // namespace iochron::cli
