#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace iochron::perf {

/// What one line of the performance table asks for.
struct Row {
    std::string server = "calc"; ///< "softioc", "calc" or "sharedpv"
    std::string client = "ca";   ///< "ca" or "pva"
    std::uint32_t server_pvs = 0;
    double rate_hz = 0; ///< of each PV
    std::uint32_t client_pvs = 0;
    std::uint32_t monitors_per_pv = 0;
    double seconds = 10; ///< measured, after everything is subscribed

    [[nodiscard]] std::uint64_t subscriptions() const { return std::uint64_t{client_pvs} * monitors_per_pv; }
    [[nodiscard]] double updates_per_second() const { return static_cast<double>(subscriptions()) * rate_hz; }
};

/// One row of the tables that a beamline group published for its Python IOC in 2022, measured on other machines: what
/// it asked for and what was seen. Empty texts: not stated.
struct Published {
    std::string_view server; ///< ours for the same row, as in Row
    std::string_view client;
    std::uint32_t server_pvs;
    double rate_hz;
    std::uint32_t client_pvs;
    std::uint32_t monitors_per_pv;
    std::string_view server_cpu_pct;
    std::string_view server_sent_kBps;
    std::string_view server_recv_kBps;
    std::string_view client_cpu_pct;
    std::string_view client_sent_kBps;
    std::string_view client_recv_kBps;
    std::string_view note;
};

/// All 67 rows: "Python IOC" with aioca and with p4p, "Python IOC inbuilt Calc records" with either, and "P4P server
/// and client".
[[nodiscard]] std::span<const Published> published_rows();

/// The published row that asks for the same as `row`, or null.
[[nodiscard]] const Published* published_for(const Row& row);

} // namespace iochron::perf
