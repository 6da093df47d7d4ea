#pragma once

#include "base/limits.h"

#include <algorithm>
#include <cstddef>

namespace iochron::ioc {

/// The limits for a process that can have `memory_bytes`: its unsent output takes a quarter of that at the most, so
/// that clients that do not read cannot have it killed.
[[nodiscard]] inline base::Limits within_memory(base::Limits limits, std::size_t memory_bytes)
{
    constexpr std::size_t share = 4;
    limits.process_output_bytes = std::min(limits.process_output_bytes, memory_bytes / share);
    return limits;
}

} // namespace iochron::ioc
