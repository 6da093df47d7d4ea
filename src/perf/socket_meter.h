#pragma once

#include <sys/types.h>

#include <cstdint>

namespace iochron::perf {

/// What the kernel has counted on the TCP sockets of one process: payload bytes, not headers.
struct SocketUse {
    std::uint64_t sent_bytes = 0; ///< acknowledged by the peer
    std::uint64_t received_bytes = 0;
    std::uint64_t sockets = 0;
};

/// Sums the TCP counters (TCP_INFO by sock_diag) of all IPv4 sockets that the process has open; zeros where the kernel
/// does not tell (then `sockets` is 0 too). Throws base::Problem where sock_diag itself is not to be had.
[[nodiscard]] SocketUse socket_use(pid_t pid);

} // namespace iochron::perf
