#pragma once

namespace iochron::cli {

/// `iochron ioc`, and `softIoc`: loads databases, serves them, and runs the shell. The exit status.
int ioc_main(int argc, char** argv);

} // namespace iochron::cli
