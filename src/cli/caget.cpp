#include "base/problem.h"
#include "cli/ca_read.h"
#include "cli/ca_tools.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace iochron::cli {
namespace {

constexpr std::string_view usage = R"(usage: caget [options] NAME...

Reads PVs over Channel Access and prints "name value".

  -w SECONDS  time-out of connecting and reading (EPICS_CLI_TIMEOUT, 1)
  -c          only as many elements of an array as it has now (else all that it can have)
  -p N        priority of the circuits, 0 to 99
  -t          the value alone
  -a          name, time stamp, value, status, severity
  -d TYPE     ask for a DBR type by number or name (DBR_ may be left out), and print all of it
  -n          enumerations as numbers
  -# COUNT    only so many elements of an array
  -S          arrays of char as text
  -e -f -g N  floats in the form %e, %f, %g with N digits (%g)
  -s          floats as the server writes them, with its precision
  -lx -lo -lb floats rounded, as hexadecimal, octal, binary
  -0x -0o -0b integers likewise
  -F C        separate by the character C
  -V -h       version; this help
)";

struct Options : CaOptions {
    CaForm form = CaForm::plain;
    bool floats_as_text = false;
    bool present_only = false; ///< a get with callback asks for what there is
    std::optional<wire::ca::Dbr> type;
};

/// By number ("6", also "6 of it") or name, with or without DBR_. Empty: none that can be read.
std::optional<wire::ca::Dbr> type_of(const char* text)
{
    char* end = nullptr;
    const long number = std::strtol(text, &end, 10);
    if (end == text) {
        return wire::ca::dbr_from_name(text);
    }
    const auto type = static_cast<wire::ca::Dbr>(number);
    const bool readable = type != wire::ca::Dbr::put_ackt && type != wire::ca::Dbr::put_acks;
    return number >= 0 && number <= static_cast<long>(wire::ca::Dbr::class_name) && readable ? std::optional(type)
                                                                                             : std::nullopt;
}

void choose(Options& options, CaForm form)
{
    if (options.form != CaForm::plain) {
        fmt::print(stderr, "Options t,d,a are mutually exclusive. ('caget -h' for help.)\n");
    }
    options.form = form;
}

void choose_type(Options& options, const char* text)
{
    choose(options, CaForm::typed);
    options.type = type_of(text);
    if (!options.type) {
        fmt::print(stderr, "Requested dbr type out of range or invalid - ignored. ('caget -h' for help.)\n");
        options.form = CaForm::plain;
    }
}

Options parse(int argc, char** argv)
{
    Options options;
    const auto own = [&](char option, const char* argument) {
        switch (option) {
        case 't':
            choose(options, CaForm::terse);
            break;
        case 'a':
            choose(options, CaForm::wide);
            break;
        case 'd':
            choose_type(options, argument);
            break;
        case '0': // as in EPICS Base, also the type of a -d in front of it
            if (std::strchr("xbo", argument[0]) != nullptr && argument[0] != '\0') {
                options.type = wire::ca::Dbr::long_;
            }
            return false;
        case 's':
            options.floats_as_text = true;
            break;
        case 'c':
            options.present_only = true;
            break;
        default:
            return false;
        }
        return true;
    };
    parse_options(argc, argv, {"caget", ":taicnhsSVe:f:g:l:#:d:0:w:p:F:", usage}, options, own);
    if (options.form != CaForm::typed) {
        options.type.reset();
    }
    return options;
}

void print_typed(const CaPv& pv, wire::ca::Dbr native, const Options& options)
{
    fmt::print("{}\n", pv.name);
    if (!pv.connected || !pv.status || !pv.status->ok()) {
        fmt::print("    {}", line_of(pv, CaForm::terse, options.style, false));
        return;
    }
    const wire::ca::Dbr type = *options.type;
    fmt::print("    Native data type: DBF_{}\n    Request type:     {}\n",
               wire::ca::to_string(native).substr(sizeof "DBR_" - 1), wire::ca::to_string(type));
    if (type == wire::ca::Dbr::class_name) {
        fmt::print("    Class Name:       {}\n", element_text(pv.value, 0, options.style));
        return;
    }
    pv::Sample sample{
        .value = pv.value, .time = pv.time, .user_tag = 0, .alarm = pv.alarm, .acknowledgement = pv.acknowledgement};
    sample.meta = &pv.meta;
    const wire::ca::Family family = wire::ca::family(type);
    const bool choices = family == wire::ca::Family::gr || family == wire::ca::Family::ctrl;
    fmt::print("    Element count:    {}\n    Value:            {}\n{}", pv.value.count(),
               elements_text(pv.value, options.style, choices ? &pv.meta : nullptr), extra_text(sample, type));
}

std::uint32_t count_asked(const Options& options, std::uint32_t most)
{
    const std::uint32_t all = options.present_only ? 0 : most;
    return options.count > 0 ? std::min(options.count, most) : all;
}

int get(const Options& options)
{
    CaSession session(options.words, options.timeout_s, options.priority);
    if (!connect_or_tell(session)) {
        return 1;
    }
    for (CaPv& pv : session.pvs()) {
        const auto info = session.info(pv);
        session.ask(pv, options.type.value_or(read_type(info.native, options.style, options.floats_as_text)),
                    count_asked(options, info.count));
    }
    if (!session.wait()) {
        fmt::print(stderr, "Read operation timed out: some PV data was not read.\n");
    }
    for (const CaPv& pv : session.pvs()) {
        if (options.type) {
            print_typed(pv, session.info(pv).native, options);
        } else {
            fmt::print("{}", line_of(pv, options.form, options.style, options.count > 0));
        }
    }
    return 0;
}

} // namespace

int caget_main(int argc, char** argv)
{
    const Options options = parse(argc, argv);
    if (options.status) {
        return *options.status;
    }
    try {
        return get(options);
    } catch (const base::Problem& problem) {
        fmt::print(stderr, "caget: {}\n", problem.what());
        return 1;
    }
}

} // namespace iochron::cli
