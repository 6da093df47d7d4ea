#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace iochron::perf {

/// What the kernel has counted for one process.
struct ProcessUse {
    double cpu_seconds = 0; ///< user and system time of the threads that run
    std::uint64_t resident_bytes = 0;
};

/// Reads it from /proc; nothing where the process is gone.
[[nodiscard]] std::optional<ProcessUse> process_use(pid_t pid);

} // namespace iochron::perf
