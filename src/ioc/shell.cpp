#include "ioc/shell.h"

#include "base/nearest.h"
#include "base/problem.h"
#include "ioc/environment.h"
#include "ioc/ioc.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <fstream>
#include <ostream>
#include <utility>

namespace iochron::ioc {
namespace {

constexpr std::size_t deepest_script = 32;
constexpr std::string_view separators = " \t,()\r";

} // namespace

std::vector<std::string> split_line(std::string_view line)
{
    std::vector<std::string> words;
    std::size_t at = line.find_first_not_of(separators);
    if (at == std::string_view::npos || line[at] == '#') {
        return words;
    }
    while (at < line.size()) {
        std::string word;
        char quote = 0;
        for (; at < line.size() && (quote != 0 || separators.find(line[at]) == std::string_view::npos); ++at) {
            if (line[at] == '\\' && at + 1 < line.size()) {
                word += line[++at];
            } else if (quote != 0 ? line[at] == quote : line[at] == '"' || line[at] == '\'') {
                quote = quote != 0 ? 0 : line[at];
            } else {
                word += line[at];
            }
        }
        if (quote != 0) {
            throw base::Problem(
                fmt::format("a {} is not closed before the line ends; close it, or write \\{}", quote, quote));
        }
        words.push_back(std::move(word));
        at = std::min(line.find_first_not_of(separators, at), line.size());
    }
    return words;
}

Shell::Shell(Ioc& ioc, std::ostream& out, std::ostream& errors)
    : ioc_(ioc), out_(out), errors_(errors), environment_(process_environment())
{}

void Shell::complain(std::string_view text)
{
    fmt::print(errors_, "{}{}\n", file_.empty() ? "" : fmt::format("{}:{}: ", file_, line_), text);
    errors_.flush();
}

bool Shell::line(std::string_view text)
{
    try {
        const std::vector<std::string> words = split_line(expand(text, environment_));
        if (words.empty()) {
            return true;
        }
        const std::string& name = words.front();
        if (name.starts_with('<')) { // "< file" or "<file"
            const bool apart = name.size() == 1;
            if (apart && words.size() != 2) {
                complain("'<' wants the name of one file");
                return false;
            }
            return script(apart ? words[1] : name.substr(1));
        }
        for (const Command& command : commands()) {
            if (command.name == name) {
                command.run(*this, std::span(words).subspan(1));
                out_.flush();
                return true;
            }
        }
        std::vector<std::string_view> names;
        for (const Command& command : commands()) {
            names.push_back(command.name);
        }
        complain(fmt::format("there is no command '{}'{}; help lists them", name, base::did_you_mean(name, names)));
    } catch (const std::exception& problem) {
        complain(problem.what());
    }
    return false;
}

bool Shell::script(const std::string& path)
{
    std::ifstream file(path);
    if (!file) {
        complain(
            fmt::format("the script '{}' cannot be opened; is the path right, seen from the working directory?", path));
        return false;
    }
    if (depth_ == deepest_script) {
        complain(fmt::format("'{}' is the {}th script within a script; does one run itself?", path, deepest_script));
        return false;
    }
    const std::string outer = std::exchange(file_, path);
    const std::size_t outer_line = std::exchange(line_, 0);
    ++depth_;
    bool good = true;
    for (std::string text; !done_ && std::getline(file, text);) {
        ++line_;
        good &= line(text);
    }
    --depth_;
    file_ = outer;
    line_ = outer_line;
    return good;
}

} // namespace iochron::ioc
