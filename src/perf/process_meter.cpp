#include "perf/process_meter.h"

#include <fmt/format.h>

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace iochron::perf {

std::optional<ProcessUse> process_use(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    if (!std::getline(file, line)) {
        return std::nullopt;
    }
    // The name in parentheses may hold anything; what follows the last one is a list of numbers (proc(5)).
    std::istringstream rest(line.substr(line.rfind(')') + 2));
    std::string word;
    for (int i = 3; i < 14; ++i) {
        rest >> word;
    }
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    rest >> user >> system;
    for (int i = 16; i < 24; ++i) {
        rest >> word;
    }
    std::uint64_t pages = 0;
    rest >> pages;
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    return ProcessUse{static_cast<double>(user + system) / ticks,
                      pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))};
}

} // namespace iochron::perf
