#include "base/problem.h"
#include "cli/ca_read.h"
#include "cli/ca_tools.h"
#include "reactor/system_clock.h"

#include <fmt/core.h>

#include <cstdio>
#include <map>

namespace iochron::cli {
namespace {

constexpr std::string_view usage = R"(usage: camonitor [options] NAME...

Prints "name time value status severity" for each update, until it is interrupted.

  -w SECONDS  time to wait for connections before those that are missing are told (EPICS_CLI_TIMEOUT, 1)
  -m MASK     what to listen to: v (value), a (alarm), l (log), p (property), together (va)
  -p N        priority of the circuits, 0 to 99
  -t KEY      time stamps: s the server's (default), c this computer's, n none; and r from the first, i from the last,
              I from the last of the same PV
  -n -S -s -# -e -f -g -lx -lo -lb -0x -0o -0b -F   as caget
  -V -h       version; this help
)";

struct Options : CaOptions {
    pv::Mask mask = pv::Mask::value | pv::Mask::alarm;
    bool floats_as_text = false;
    bool server_time = true;
    bool client_time = false;
    char relative = 0; ///< r, i, I; 0: absolute
};

void take_mask(const char* text, Options& options)
{
    static const std::map<char, pv::Mask> bits = {
        {'v', pv::Mask::value}, {'a', pv::Mask::alarm}, {'l', pv::Mask::log}, {'p', pv::Mask::property}};
    pv::Mask mask = pv::Mask::none;
    for (const char c : std::string_view(text)) {
        const auto bit = bits.find(c);
        if (bit == bits.end()) {
            fmt::print(stderr, "Invalid argument '{}' for option '-m' - ignored.\n", text);
            mask = pv::Mask::value | pv::Mask::alarm;
            break;
        }
        mask |= bit->second;
    }
    options.mask = mask;
    if (!pv::any(mask)) {
        fmt::print(stderr, "camonitor: -m wants one of v, a, l, p\n");
        options.status = 1;
    }
}

void take_times(std::string_view keys, Options& options)
{
    options.server_time = options.client_time = false;
    for (const char key : keys) {
        switch (key) {
        case 's':
            options.server_time = true;
            break;
        case 'c':
            options.client_time = true;
            break;
        case 'n':
            break;
        case 'r':
        case 'i':
        case 'I':
            options.relative = key;
            break;
        default:
            fmt::print(stderr, "Invalid argument '{}' for option '-t' - ignored.\n", key);
        }
    }
}

Options parse(int argc, char** argv)
{
    Options options;
    const auto own = [&](char option, const char* argument) {
        switch (option) {
        case 'm':
            take_mask(argument, options);
            break;
        case 's':
            options.floats_as_text = true;
            break;
        case 't':
            take_times(argument, options);
            break;
        default:
            return false;
        }
        return true;
    };
    parse_options(argc, argv, {"camonitor", ":nhVm:sSe:f:g:l:#:0:w:t:p:F:", usage}, options, own);
    return options;
}

/// Writes the time stamps that the options ask for; relative ones refer to an earlier update.
/// Thread: shard
class Times {
  public:
    explicit Times(const Options& options) : options_(options), start_(clock_.now()) {}

    std::string of(const CaPv& pv)
    {
        const Pair now{pv.time, clock_.now()};
        if (!first_) {
            first_ = Pair{now.server, start_};
            last_ = *first_;
        }
        const auto before = by_pv_.find(&pv);
        const bool absolute = options_.relative == 0 || before == by_pv_.end();
        const Pair from = options_.relative == 'r'                ? *first_
                          : options_.relative == 'I' && !absolute ? before->second
                                                                  : last_;
        by_pv_[&pv] = last_ = now;
        const auto text = [&](base::Stamp time, base::Stamp since, std::string_view form) {
            const std::string inner =
                absolute ? stamp_text(time) : fmt::format("{:+12.6f}", static_cast<double>(time.ns - since.ns) / 1e9);
            return (absolute ? "" : std::string(14, ' ')) + fmt::format(fmt::runtime(form), inner);
        };
        return (options_.server_time ? text(now.server, from.server, "{}") : "") +
               (options_.client_time ? text(now.client, from.client, "({})") : "");
    }

  private:
    struct Pair {
        base::Stamp server;
        base::Stamp client;
    };
    const Options& options_;
    reactor::SystemClock clock_;
    base::Stamp start_;
    std::optional<Pair> first_;
    Pair last_{};
    std::map<const CaPv*, Pair> by_pv_;
};

void monitor(const Options& options)
{
    CaSession session(options.words, options.timeout_s, options.priority);
    Times times(options);
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    session.listen(
        [&](const client::ca::ChannelInfo& info) {
            return CaSession::Listening{read_type(info.native, options.style, options.floats_as_text),
                                        std::min(options.count, info.count), options.mask};
        },
        [&](CaPv& pv) {
            const std::string time = pv.connected ? times.of(pv) : stamp_text(reactor::SystemClock().now());
            fmt::print("{}", wide_line(pv, time, options.style, options.count > 0));
        });
    if (!session.connect()) {
        for (const CaPv& pv : session.pvs()) {
            if (!pv.ever_connected) {
                fmt::print("{}", wide_line(pv, "", options.style, false));
            }
        }
    }
    session.run();
}

} // namespace

int camonitor_main(int argc, char** argv)
{
    const Options options = parse(argc, argv);
    if (options.status) {
        return *options.status;
    }
    try {
        monitor(options);
        return 0;
    } catch (const base::Problem& problem) {
        fmt::print(stderr, "camonitor: {}\n", problem.what());
        return 1;
    }
}

} // namespace iochron::cli
