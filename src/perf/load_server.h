#pragma once

#include <cstdint>

namespace iochron::perf {

/// The process `iochron bench-server`: an IOC in code as its users write it, N ai records that user code sets at a
/// rate, each to one more than before. Serves the shell on standard input; ends with it. The exit status.
int run_load_server(std::uint32_t pvs, double rate_hz);

/// The same without records: N SharedPvs, each an NTScalar of int32, to which user code posts at a rate.
int run_shared_load_server(std::uint32_t pvs, double rate_hz);

} // namespace iochron::perf
