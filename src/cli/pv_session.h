#pragma once

#include "client/context.h"
#include "pv/print.h"

#include <optional>
#include <string>
#include <vector>

namespace iochron::cli {

/// What pvget, pvmonitor and pvput have in common: their command line.
struct PvOptions {
    double timeout_s = 5; ///< -w
    pv::PrintStyle style; ///< -M, -v
    bool json = false;
    bool quiet = false;             ///< -q: no output but errors
    std::vector<std::string> words; ///< names, and values
    std::optional<int> status;      ///< the exit status, where there is nothing more to do
};

[[nodiscard]] PvOptions parse_pv_options(int argc, char** argv, const char* usage);
/// A client as the environment wants it. With `structures` all that it gives are structures.
[[nodiscard]] client::ContextSettings pv_context(bool structures);
/// "pva://NAME".
[[nodiscard]] std::string with_scheme(const std::string& name);
/// Prints a PV's structure behind its name.
void print(const std::string& name, const pv::Structure& structure, const PvOptions& options);
[[nodiscard]] std::chrono::nanoseconds patience(const PvOptions& options);

} // namespace iochron::cli
