#pragma once

#include "cli/ca_style.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::cli {

/// What caget, caput, camonitor and cainfo have in common on their command lines.
struct CaOptions {
    CaStyle style;
    double timeout_s = 1;           ///< -w
    std::uint16_t priority = 0;     ///< -p
    std::uint32_t count = 0;        ///< -#; 0: all
    std::vector<std::string> words; ///< names, and values
    std::optional<int> status;      ///< the exit status, where there is nothing more to do
};

/// Takes an option that several tools have (-w -p -# -n -S -e -f -g -l -0 -F -V); false for another. A value that makes
/// no sense is told on standard error and ignored, as EPICS' tools do.
bool take_common(char option, const char* argument, std::string_view tool, CaOptions& options);

/// Tells what getopt() met: '?' or ':'. The exit status.
int complain(int met, int option, std::string_view tool);

} // namespace iochron::cli
