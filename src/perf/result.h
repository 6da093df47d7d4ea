#pragma once

#include "perf/row.h"
#include "perf/verify.h"

#include <cstdint>
#include <string>
#include <vector>

namespace iochron::perf {

/// What one process did while it was measured.
struct SideUse {
    double cpu_pct = 0; ///< of one core
    double sent_kBps = 0;
    double recv_kBps = 0;
    std::uint64_t resident_bytes = 0;
};

/// What became of one Row.
struct Result {
    Row row;
    double seconds = 0; ///< really measured
    SideUse server;
    SideUse client;
    std::uint64_t updates_expected = 0;     ///< N x M x rate x seconds
    std::uint64_t updates_received = 0;     ///< while measured
    std::uint64_t subscriptions_served = 0; ///< at the end, by the server's own count
    std::uint64_t updates_sent = 0;         ///< ever, by the server's own count
    Verdict verdict;                        ///< of all updates from subscribing to the drain
    double processed_share = 0;             ///< updates that the server made / those that the rate asks for
    std::uint64_t late = 0;                 ///< scans that started late, but within their period
    std::uint64_t skipped = 0;              ///< whole periods that the server skipped
    std::uint64_t coalesced = 0;            ///< by the server, for this client
    std::uint64_t p50_us = 0;               ///< from the record's time stamp to the client's callback
    std::uint64_t p99_us = 0;
    std::uint64_t max_us = 0;
    std::vector<std::string> failures; ///< why the row fails, in words; empty: it passes

    [[nodiscard]] bool passed() const { return failures.empty(); }
    [[nodiscard]] double updates_per_second() const
    {
        return seconds > 0 ? static_cast<double>(updates_received) / seconds : 0;
    }
};

/// Of the updates that the rate asks for, so many must have been made.
inline constexpr double least_processed_share = 0.995;

/// Says in `result.failures` what the row fails for: a loss, a repetition, a wrong order or value, a silent
/// subscription, coalesced updates, fewer than 99.5 % of the updates that the rate asks for; and where the server's own
/// count of subscriptions or updates is not the client's.
void judge(Result& result);

} // namespace iochron::perf
