#pragma once

#include "pv/print.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::cli {

/// What the tools of pvAccess have in common on their command lines.
struct PvOptions {
    double timeout_s = 5;               ///< -w
    std::string request;                ///< -r, the pvRequest
    pv::PrintStyle style;               ///< -M, -v
    bool json = false;                  ///< -M json
    unsigned verbosity = 0;             ///< how often -v
    bool quiet = false;                 ///< -q
    bool monitor = false;               ///< -m
    bool overruns = false;              ///< -O of pvmonitor
    bool info = false;                  ///< -i of pvlist
    std::string service;                ///< -s of pvcall
    std::vector<std::string> arguments; ///< -a of pvcall
    std::vector<std::string> words;     ///< names, and values
    std::optional<int> status;          ///< the exit status, where there is nothing more to do
};

/// One of the tools, as far as its command line goes.
struct PvTool {
    std::string_view name;
    const char* letters; ///< for getopt()
    const char* usage;
    std::string_view ignored; ///< letters that EPICS' tool takes and does nothing with
};

/// Goes through a tool's command line. A value that makes no sense is told on standard error and ignored, as EPICS'
/// tools do; where there is nothing more to do, options.status is the exit status.
[[nodiscard]] PvOptions parse_options(int argc, char** argv, const PvTool& tool, double timeout_s = 5);

[[nodiscard]] std::chrono::nanoseconds patience(const PvOptions& options);

} // namespace iochron::cli
