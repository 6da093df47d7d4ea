#pragma once

#include "cli/ca_style.h"

#include <cstdint>
#include <functional>
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

/// One of the tools, as far as its command line goes.
struct CaTool {
    std::string_view name;
    const char* letters; ///< for getopt()
    std::string_view usage;
    bool wants_names = true; ///< at least one word
};

/// Goes through a tool's command line: -h, and what several tools have (-w -p -# -n -S -e -f -g -l -0 -F -V); `own`
/// takes an option that is the tool's own, and gives false for others. The rest are options.words. A
/// value that makes no sense is told on standard error and ignored, as EPICS' tools do; where there is nothing more to
/// do, options.status is the exit status.
void parse_options(int argc, char** argv, const CaTool& tool, CaOptions& options,
                   const std::function<bool(char option, const char* argument)>& own);

} // namespace iochron::cli
