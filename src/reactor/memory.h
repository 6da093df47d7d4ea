#pragma once

#include <cstddef>
#include <string>

namespace iochron::reactor {

/// Bytes of memory that this process can have at the most: the machine's, or less where its control group says so
/// (a container). Reads files of the kernel. The largest number where nobody tells. Thread: any
[[nodiscard]] std::size_t memory_bytes();

/// The bound that a control group's file (`memory.max`, `memory.limit_in_bytes`) holds; the largest number for "max"
/// and for what is no number.
[[nodiscard]] std::size_t memory_bound(const std::string& text);

} // namespace iochron::reactor
