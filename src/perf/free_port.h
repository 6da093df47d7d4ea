#pragma once

#include <cstdint>

namespace iochron::perf {

/// A port that is free for TCP and UDP on loopback now, of those that EPICS accepts (above 5000). Nothing keeps it
/// free: to be used at once. Throws base::Problem where none is to be had.
[[nodiscard]] std::uint16_t free_port();

} // namespace iochron::perf
