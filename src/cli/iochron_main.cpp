// The program: its first word, or the name it is called by, says which command it is.
#include "cli/command.h"

#include <fmt/core.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace {

using iochron::cli::Command;
using iochron::cli::commands;

int help(int status)
{
    fmt::print(status == 0 ? stdout : stderr, "usage: iochron COMMAND [options]; each has --help\n\n");
    for (const Command& command : commands()) {
        if (!command.summary.empty()) {
            fmt::print(status == 0 ? stdout : stderr, "  {:<10}{}\n", command.name, command.summary);
        }
    }
    return status;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string called = std::filesystem::path(argv[0]).filename().string();
    for (const Command& command : commands()) {
        if (!command.compat.empty() && called == command.compat) {
            return command.main(argc, argv);
        }
    }
    if (called != "iochron" && std::filesystem::path(argv[0]).parent_path().filename() == "compat") {
        fmt::print(stderr, "{}: not built yet\n", called);
        return 2;
    }
    const std::string_view word = argc > 1 ? argv[1] : "";
    if (word == "help" || word == "-h" || word == "--help") {
        return help(0);
    }
    for (const Command& command : commands()) {
        if (word == command.name) {
            return command.main(argc - 1, argv + 1);
        }
    }
    if (!word.empty()) {
        fmt::print(stderr, "iochron: there is no command '{}'\n", word);
    }
    return help(2);
}
