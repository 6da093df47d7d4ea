#include "cli/pv_session.h"
#include "cli/pv_tools.h"
#include "ioc/until_signal.h"
#include "pv/source.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace iochron::cli {
namespace {

constexpr const char* get_usage = R"(usage: pvget [options] NAME...

Prints PVs over pvAccess: time, value and alarm of those that are a value, all fields of others.

  -w SECONDS  time to wait for an answer (5); 0: for ever
  -r REQUEST  pvRequest: which fields, with which options, as in 'field(value,alarm)record[process=true]'
  -M MODE     nt (default), raw (all fields that were sent) or json
  -v          raw; -vv: all fields, those that were sent in bold (on a terminal)
  -m          monitor: as pvmonitor
  -O          of a monitor: shows overruns, as pvmonitor
  -p pva      the only protocol here
  -V -h       version; this help
  -d -c -R -q -t -i -n -F SEPARATOR  are taken, and change nothing
)";

constexpr const char* monitor_usage = R"(usage: pvmonitor [options] NAME...

Prints each update of PVs over pvAccess, until it is interrupted.

  -r REQUEST  pvRequest, as in 'field(value)record[queueSize=10,pipeline=true]'
  -M MODE     nt (default), raw (all fields that have changed) or json
  -v          raw; -vv: all fields that ever came, changed ones in bold (on a terminal); -vvv: all fields
  -O          shows overruns: says '<Overrun> N' behind the Nth update that stands for older ones too, which the server
              merged into it; at the end, on standard error, how many there were, and of which fields
  -p pva      the only protocol here
  -V -h       version; this help
  -w SECONDS -m -d -c -R -q -t -i -n -F SEPARATOR  are taken, and change nothing
)";

constexpr const char* letters = ":hvVRM:r:w:tmp:qdcF:f:niO";
constexpr std::string_view ignored = "RtqdcFni";

int get(const PvOptions& asked)
{
    PvOptions options = asked;
    options.style.marked_only = options.verbosity < 2;
    client::Context context(pv_context());
    std::vector<reactor::Later<client::Outcome<pv::Structure>>> under_way;
    for (const std::string& name : options.words) {
        under_way.push_back(
            context.get_structure_later(name, {.request = options.request, .timeout = patience(options)}));
    }
    const std::size_t width = width_of(options.words);
    int status = 0;
    for (std::size_t i = 0; i < under_way.size(); ++i) {
        const auto structure = under_way[i].get();
        const std::string_view name = without_scheme(options.words[i]);
        if (!structure) {
            fmt::print(stderr, "{}: {}\n", name, structure.error().text);
            status = 1;
            continue;
        }
        pv::BitSet sent;
        if (options.verbosity >= 2 && isatty(STDOUT_FILENO) == 1) {
            sent = structure->marked();
            options.style.bold = &sent;
        }
        fmt::print("{:<{}} {}", name, width, text_of(*structure, options));
        std::fflush(stdout);
    }
    return status;
}

/// Prints the updates of one PV.
/// Thread: any (the context's executor)
class Printer {
  public:
    Printer(const std::string& name, std::size_t width, PvOptions options)
        : name_(fmt::format("{:<{}}", without_scheme(name), width)), options_(std::move(options)),
          terminal_(isatty(STDOUT_FILENO) == 1)
    {}

    void print(const pv::Update& update)
    {
        if (const pv::Structure* const structure = update.sample.value.structure()) {
            print(*structure);
        }
        if (update.sample.overrun) {
            ++overruns_;
            if (options_.overruns) {
                fmt::print("{} <Overrun> {}\n", name_, overruns_);
                std::fflush(stdout);
            }
        }
    }
    void connection(bool connected, std::string_view why)
    {
        if (connected) {
            was_connected_ = true;
        } else if (!was_connected_) {
            fmt::print(stderr, "{} Error {}\n", name_, why);
        } else {
            came_.clear();
            fmt::print("{} <Disconnect>\n", name_);
            std::fflush(stdout);
        }
    }
    /// Gives whether it is the first time: a monitor is asked for again with its channel.
    bool end(const pv::Status& why)
    {
        if (!why.ok()) {
            fmt::print(stderr, "{} Error {}\n", name_, why.text);
        }
        return !std::exchange(ended_, true);
    }
    /// What became of the updates, once there are no more.
    void sum_up(const client::Monitor& monitor) const
    {
        const client::MonitorCounts counts = monitor.counts();
        const client::Overruns overruns = monitor.overruns();
        std::vector<std::string> fields;
        for (const auto& [name, updates] : overruns.fields) {
            fields.push_back(fmt::format("{} {}", name, updates));
        }
        fmt::print(stderr, "{} {} updates, {} of them overrun{}{}, {} merged here\n", name_, counts.received,
                   counts.overruns, fields.empty() ? "" : ": ", fmt::join(fields, ", "), counts.coalesced);
    }

  private:
    void print(const pv::Structure& update)
    {
        came_ |= update.marked();
        pv::Structure shown = update;
        if (options_.verbosity >= 2) { // what ever came
            shown.mark(came_);
        }
        PvOptions options = options_;
        options.style.marked_only = options.verbosity < 3;
        options.style.bold = options.verbosity >= 2 && terminal_ ? &update.marked() : nullptr;
        fmt::print("{} {}", name_, text_of(shown, options));
        std::fflush(stdout);
    }

    std::string name_;
    PvOptions options_;
    bool terminal_;
    bool was_connected_ = false;
    bool ended_ = false;
    std::uint64_t overruns_ = 0;
    pv::BitSet came_;
};

/// Ends the program, as EPICS' tool, once all monitors were refused or ended by their servers.
/// Thread: any (the context's executor)
class Ends {
  public:
    explicit Ends(std::size_t monitors) : left_(monitors) {}

    void add(const pv::Status& why)
    {
        failed_ = failed_ || !why.ok();
        if (--left_ == 0) {
            std::fflush(stdout);
            std::_Exit(failed_ ? 1 : 0); // the main thread waits for a signal
        }
    }

  private:
    std::size_t left_;
    bool failed_ = false;
};

int monitor(const PvOptions& options)
{
    const std::size_t width = width_of(options.words);
    std::vector<std::unique_ptr<Printer>> printers; // outlive the context
    Ends ends(options.words.size());
    client::Context context(pv_context());
    std::vector<client::Monitor> monitors;
    for (const std::string& name : options.words) {
        Printer& printer = *printers.emplace_back(std::make_unique<Printer>(name, width, options));
        client::MonitorOptions how;
        how.structures = true;
        how.request = options.request;
        how.on_connection = [&printer](bool connected, std::string_view why) { printer.connection(connected, why); };
        how.on_end = [&printer, &ends](const pv::Status& why) {
            if (printer.end(why)) {
                ends.add(why);
            }
        };
        auto monitor = context.monitor(
            name,
            [&printer](const client::Updates& updates) {
                for (const pv::Update& update : updates.updates) {
                    printer.print(update);
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
    for (std::size_t i = 0; options.overruns && i < monitors.size(); ++i) {
        printers[i]->sum_up(monitors[i]);
    }
    return 0;
}

} // namespace

int pvget_main(int argc, char** argv)
{
    const PvOptions options = parse_options(argc, argv, {"pvget", letters, get_usage, ignored});
    return options.status ? *options.status : options.monitor ? monitor(options) : get(options);
}

int pvmonitor_main(int argc, char** argv)
{
    const PvOptions options = parse_options(argc, argv, {"pvmonitor", letters, monitor_usage, ignored});
    return options.status ? *options.status : monitor(options);
}

} // namespace iochron::cli
