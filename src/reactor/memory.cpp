#include "reactor/memory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>

namespace iochron::reactor {

namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

/// Inside a container the control group's own files are at the root, of version 2 and of version 1.
constexpr const char* bounds[] = {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

std::string text_of(const char* path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t machine_bytes()
{
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) : unbounded;
}

} // namespace

std::size_t memory_bound(const std::string& text)
{
    std::size_t bytes = 0;
    const char* const end = text.data() + text.size();
    const auto [at, fault] = std::from_chars(text.data(), end, bytes);
    return fault == std::errc{} && (at == end || *at == '\n') && bytes > 0 ? bytes : unbounded;
}

std::size_t memory_bytes()
{
    std::size_t bytes = machine_bytes();
    for (const char* const path : bounds) {
        bytes = std::min(bytes, memory_bound(text_of(path)));
    }
    return bytes;
}

} // namespace iochron::reactor
