#pragma once

#include "perf/result.h"

#include <functional>
#include <string>

namespace iochron::perf {

struct ScenarioOptions {
    std::string program; ///< this program, which the server and the client are started from
    bool pin = true;     ///< server on CPU 0, client on CPU 1, where there are two
    /// Told now and then what is going on, in a few words.
    std::function<void(const std::string&)> progress = [](const std::string&) {};
};

/// Runs one row: a server and a client, each a process of its own on loopback with ports of their own; waits until
/// every subscription has its first value, measures for row.seconds, stops the server's scans, drains, and compares
/// each subscription with what the server posted. Throws base::Problem where a process fails; a row that ran and lost
/// something comes back with its failures.
[[nodiscard]] Result run_row(const Row& row, const ScenarioOptions& options);

/// The .db text of a calc server: records BENCH000000..., counting up at the rate.
[[nodiscard]] std::string calc_database(std::uint32_t pvs, double rate_hz);
/// The name of PV i in every scenario.
[[nodiscard]] std::string pv_name(std::uint32_t i);

} // namespace iochron::perf
