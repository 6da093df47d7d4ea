#pragma once

namespace iochron::cli {

/// `iochron bench`: the performance test that counts every update.
int bench_main(int argc, char** argv);
/// The processes that it starts: `iochron bench-client`, `iochron bench-server`.
int bench_client_main(int argc, char** argv);
int bench_server_main(int argc, char** argv);

} // namespace iochron::cli
