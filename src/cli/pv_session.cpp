#include "cli/pv_session.h"

#include "client/scheme.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <pwd.h>

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
    if (mode == "raw") {
        options.style.form = pv::PrintForm::raw;
    } else if (mode == "json") {
        options.json = true;
    } else if (mode != "nt") {
        fmt::print(stderr, "'{}' is no mode: use raw, nt or json\n", mode);
        options.status = 1;
    }
}

void take_timeout(const char* text, PvOptions& options)
{
    const auto [end, bad] = std::from_chars(text, text + std::strlen(text), options.timeout_s);
    if (bad != std::errc{} || *end != '\0' || options.timeout_s <= 0) {
        fmt::print(stderr, "'{}' is not a valid timeout\n", text);
        options.status = 1;
    }
}

} // namespace

PvOptions parse_pv_options(int argc, char** argv, const char* usage)
{
    PvOptions options;
    options.style.time_text = local_time;
    optind = 1;
    for (int letter = 0; (letter = getopt(argc, argv, ":hVw:M:vqp:r:")) != -1 && !options.status;) {
        switch (letter) {
        case 'h':
            fmt::print("{}", usage);
            options.status = 0;
            break;
        case 'V':
            fmt::print("iochron\n");
            options.status = 0;
            break;
        case 'w':
            take_timeout(optarg, options);
            break;
        case 'M':
            take_mode(optarg, options);
            break;
        case 'v':
            options.style.form = pv::PrintForm::raw;
            break;
        case 'q':
            options.quiet = true;
            break;
        case 'p':
            if (std::string_view(optarg) != "pva") {
                fmt::print(stderr, "-p {}: only pva is spoken here; for Channel Access use caget and its kin\n",
                           optarg);
                options.status = 1;
            }
            break;
        case 'r':
            fmt::print(stderr, "-r is not built yet: the whole PV is asked for\n");
            options.status = 2;
            break;
        default:
            fmt::print(stderr, "-{} is no option, or lacks its value\n{}", char(optopt), usage);
            options.status = 1;
        }
    }
    options.words.assign(argv + optind, argv + argc);
    if (!options.status && options.words.empty()) {
        fmt::print(stderr, "No pv name(s) specified. ('{} -h' for help.)\n", argv[0]);
        options.status = 1;
    }
    return options;
}

client::ContextSettings pv_context(bool structures)
{
    const auto variable = [](std::string_view name) -> std::optional<std::string> {
        const char* const value = std::getenv(std::string(name).c_str());
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
    client::ContextSettings settings;
    settings.ca = client::ca::parse_settings(variable);
    settings.pva = client::pva::parse_settings(variable);
    if (const passwd* const who = getpwuid(geteuid())) {
        settings.pva.account = who->pw_name;
    }
    std::array<char, 256> host{};
    settings.pva.host = gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
    settings.structures = structures;
    return settings;
}

std::string with_scheme(const std::string& name)
{
    return name.starts_with("pva://") ? name : "pva://" + name;
}

void print(const std::string& name, const pv::Structure& structure, const PvOptions& options)
{
    if (options.quiet) {
        return;
    }
    const std::string bare(client::address_of(name).name);
    if (options.json) {
        fmt::print("{} {}\n", bare, to_json(structure));
    } else {
        fmt::print("{} {}", bare, to_text(structure, options.style));
    }
    std::fflush(stdout);
}

std::chrono::nanoseconds patience(const PvOptions& options)
{
    return std::chrono::round<std::chrono::nanoseconds>(std::chrono::duration<double>(options.timeout_s));
}

} // namespace iochron::cli
