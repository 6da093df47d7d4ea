#include "perf/process_meter.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace iochron::perf {
namespace {

/// The time that the threads of a process have run, to the nanosecond: the first number of each one's schedstat. The
/// clock ticks of /proc/PID/stat are 10 ms long and sampled, too coarse for a process that wakes up for 50 us.
double run_seconds(pid_t pid)
{
    std::uint64_t total = 0;
    std::error_code gone;
    for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), gone)) {
        std::uint64_t nanoseconds = 0;
        std::ifstream(task.path() / "schedstat") >> nanoseconds;
        total += nanoseconds;
    }
    return static_cast<double>(total) / 1e9;
}

} // namespace

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
    for (int i = 3; i < 24; ++i) { // the fields before rss
        rest >> word;
    }
    std::uint64_t pages = 0;
    rest >> pages;
    return ProcessUse{run_seconds(pid), pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))};
}

} // namespace iochron::perf
