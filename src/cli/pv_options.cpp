#include "cli/pv_options.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace iochron::cli {
namespace {

std::string local_time(base::Stamp stamp)
{
    constexpr std::int64_t second = 1'000'000'000;
    constexpr std::int64_t millisecond = 1'000'000;
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", fmt::localtime(static_cast<std::time_t>(stamp.ns / second)),
                       stamp.ns % second / millisecond);
}

void take_mode(std::string_view mode, PvOptions& options)
{
    options.json = mode == "json";
    if (mode != "nt" && mode != "raw" && mode != "json") {
        fmt::print(stderr, "Unknown output mode '{}'\n", mode);
    }
    options.style.form = mode == "nt" ? pv::PrintForm::normative : pv::PrintForm::raw;
}

void take_timeout(const char* text, std::string_view tool, PvOptions& options)
{
    double seconds = 0;
    const auto [end, bad] = std::from_chars(text, text + std::strlen(text), seconds);
    if (bad != std::errc{} || *end != '\0') {
        fmt::print(stderr, "'{}' is not a valid timeout value - ignored. ('{} -h' for help.)\n", text, tool);
    } else {
        options.timeout_s = seconds;
    }
}

void take_provider(std::string_view provider, PvOptions& options)
{
    if (provider != "pva") {
        fmt::print(stderr, "-p {}: only pva is spoken here; for Channel Access use caget and its kin\n", provider);
        options.status = 1;
    }
}

void take(char letter, const char* argument, const PvTool& tool, PvOptions& options)
{
    switch (letter) {
    case 'w':
        take_timeout(argument, tool.name, options);
        break;
    case 'r':
        options.request = argument;
        break;
    case 'M':
        take_mode(argument, options);
        break;
    case 'v':
        ++options.verbosity;
        break;
    case 'q':
        options.quiet = true;
        break;
    case 'm':
        options.monitor = true;
        break;
    case 'O':
        options.overruns = true;
        break;
    case 'i':
        options.info = true;
        break;
    case 's':
        options.service = argument;
        break;
    case 'a':
        options.arguments.emplace_back(argument);
        break;
    case 'p':
        take_provider(argument, options);
        break;
    case 'h':
        fmt::print("{}", tool.usage);
        options.status = 0;
        break;
    case 'V':
        fmt::print("iochron\n");
        options.status = 0;
        break;
    case 'f':
        fmt::print(stderr, "Unsupported option -f\n");
        options.status = 1;
        break;
    case ':':
        fmt::print(stderr, "Option '-{}' requires an argument. ('{} -h' for help.)\n", char(optopt), tool.name);
        options.status = 1;
        break;
    default:
        fmt::print(stderr, "Unrecognized option: '-{}'. ('{} -h' for help.)\n", char(optopt), tool.name);
        options.status = 1;
    }
}

} // namespace

PvOptions parse_options(int argc, char** argv, const PvTool& tool, double timeout_s)
{
    PvOptions options;
    options.timeout_s = timeout_s;
    options.style.time_text = local_time;
    if (argc == 2 && std::string_view(argv[1]) == "--help") {
        take('h', nullptr, tool, options);
        return options;
    }
    optind = 1;
    for (int letter = 0; !options.status && (letter = getopt(argc, argv, tool.letters)) != -1;) {
        if (!tool.ignored.contains(static_cast<char>(letter))) {
            take(static_cast<char>(letter), optarg, tool, options);
        }
    }
    options.words.assign(argv + optind, argv + argc);
    if (options.verbosity > 0 && options.style.form == pv::PrintForm::normative) {
        options.style.form = pv::PrintForm::raw;
    }
    return options;
}

std::chrono::nanoseconds patience(const PvOptions& options)
{
    constexpr double for_ever_s = 1e8; // three years: 0 and less mean for ever, as in EPICS' tools
    const double seconds = options.timeout_s > 0 ? std::min(options.timeout_s, for_ever_s) : for_ever_s;
    return std::chrono::round<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

} // namespace iochron::cli
