#include "cli/ioc.h"

#include "base/problem.h"
#include "ioc/ioc.h"
#include "ioc/shell.h"
#include "ioc/until_signal.h"

#include <fmt/core.h>
#include <fmt/ostream.h>

#include <getopt.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>

namespace iochron::cli {
namespace {

constexpr std::string_view usage = R"(usage: iochron ioc [options] [st.cmd]

Runs an IOC with the records of .db files, served over Channel Access.

  -d FILE     load a .db (or .substitutions) file; may be given several times
  -m A=1,B=2  macros for the -d and -G that follow
  -G FILE     load a file of groups (JSON, as dbLoadGroup does)
  -x PREFIX   also make the record PREFIX:exit; a put to it ends the IOC
  -S          no shell: serve until SIGINT or SIGTERM
  -s          take no notice of standard input either (as -S)
  -n          do not start; load only, to check the files
  -v          tell each step
  -h          this help

st.cmd is a file of shell commands (dbLoadRecords, iocInit, dbl, ...; `help` lists them), run after the -d files. If it
does not call iocInit, it is called for it. Without -S commands are read from standard input; `exit` or the end of the
input stops the IOC.

Not built yet, and refused: -a FILE.acf (access security). -D FILE.dbd is not needed: the record types are built in.
)";

struct Step {
    char what; ///< 'd', 'G' or 'm'
    std::string text;
};

struct Options {
    std::vector<Step> steps;
    std::optional<std::string> exit_prefix;
    std::string script;
    bool shell = true;
    bool start = true;
    bool verbose = false;
    std::optional<int> status; ///< there is nothing more to do
};

int refuse(std::string_view why)
{
    fmt::print(stderr, "iochron ioc: {}\n", why);
    return 2;
}

Options parse(int argc, char** argv)
{
    Options options;
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt(argc, argv, ":a:d:D:G:hm:nsSvx:")) != -1 && !options.status;) {
        switch (c) {
        case 'd':
        case 'G':
        case 'm':
            options.steps.push_back({static_cast<char>(c), optarg});
            break;
        case 'x':
            options.exit_prefix = optarg;
            break;
        case 's':
        case 'S':
            options.shell = false;
            break;
        case 'n':
            options.start = false;
            break;
        case 'v':
            options.verbose = true;
            break;
        case 'h':
            fmt::print("{}", usage), options.status = 0;
            break;
        case 'a':
            options.status = refuse("-a: access security is not built yet; without it everybody may read and write, "
                                    "so nothing is started");
            break;
        case 'D':
            options.status = refuse("-D: no .dbd file is needed, the record types are built in; leave it out");
            break;
        case ':':
            options.status = refuse(fmt::format("-{} wants a value; -h lists the options", static_cast<char>(optopt)));
            break;
        default:
            options.status =
                refuse(fmt::format("there is no option -{}; -h lists the options", static_cast<char>(optopt)));
            break;
        }
    }
    if (optind < argc) {
        options.script = argv[optind];
    }
    if (!options.status && argc - optind > 1) {
        options.status = refuse(fmt::format("one script at the most, '{}' is one too many", argv[optind + 1]));
    }
    return options;
}

void load(Ioc& ioc, const Options& options)
{
    std::string macros;
    for (const Step& step : options.steps) {
        if (step.what == 'm') {
            macros = step.text;
            continue;
        }
        const bool groups = step.what == 'G';
        if (options.verbose) {
            fmt::print("{}(\"{}\", \"{}\")\n", groups ? "dbLoadGroup" : "dbLoadRecords", step.text, macros);
        }
        if (groups) {
            ioc.load_groups(step.text, macros);
        } else {
            ioc.load(step.text, std::string_view(macros));
        }
    }
}

void start(ioc::Shell& shell)
{
    if (!shell.ioc().started() && !shell.line("iocInit")) {
        throw base::Problem("the IOC did not start");
    }
}

void read_commands(ioc::Shell& shell)
{
    const bool prompt = isatty(STDIN_FILENO) != 0;
    const auto ask = [&] {
        if (prompt) {
            fmt::print("iochron> ");
            std::fflush(stdout);
        }
    };
    ask();
    for (std::string line; !shell.done() && std::getline(std::cin, line);) {
        (void)shell.line(line);
        if (!shell.done()) {
            ask();
        }
    }
}

int serve(const Options& options)
{
    Ioc ioc;
    ioc::Shell shell(ioc, std::cout, std::cerr);
    load(ioc, options);
    if (options.exit_prefix) {
        ioc.ao(*options.exit_prefix + ":exit", {.desc = "Ends the IOC", .on_update = [](double) { raise(SIGTERM); }});
    }
    const bool scripted = options.script.empty() || shell.script(options.script);
    if (!options.start) {
        return ioc.check_groups() && scripted ? 0 : 1;
    }
    if (shell.done()) {
        return scripted ? 0 : 1;
    }
    start(shell);
    if (options.shell) {
        read_commands(shell);
    } else {
        ioc::until_signal();
    }
    ioc.stop();
    return 0;
}

} // namespace

int ioc_main(int argc, char** argv)
{
    const Options options = parse(argc, argv);
    if (options.status) {
        return *options.status;
    }
    try {
        return serve(options);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "{}\n", problem.what());
        return 1;
    }
}

} // namespace iochron::cli
