#pragma once

#include <map>
#include <string>

namespace iochron::perf {

/// Environment variables for a server and a client on loopback, on ports that are free now, found by nobody else.
[[nodiscard]] std::map<std::string, std::string> loopback_environment();

} // namespace iochron::perf
