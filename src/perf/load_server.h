#pragma once

#include <cstdint>

namespace iochron::perf {

/// The process `iochron bench-server`: an IOC in code as its users write it, N ai records that user code sets at a
/// rate, each to one more than before. Serves the shell on standard input; ends with it. The exit status.
int run_load_server(std::uint32_t pvs, double rate_hz);

} // namespace iochron::perf
