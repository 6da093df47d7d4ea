#pragma once

#include "perf/fault.h"
#include "perf/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace iochron::perf {

enum class Protocol : std::uint8_t { ca, pva };

/// Where updates stop being as many as before: found by the counts that each part keeps for itself.
enum class Place : std::uint8_t { nowhere, before_server, in_server, before_wire, on_wire, in_client };

/// One run of the self-test: what is done to its updates, and what must be found. The PVs, monitors and updates are
/// those of planted_faults().
struct Planted {
    std::string_view what;
    Fault database{}; ///< between the database and the server
    Fault queue{};    ///< in the server's output, before it is written
    Fault wire{};
    Fault client{};        ///< between the client and what uses it
    bool stall = false;    ///< the client takes nothing for a while that is longer than max_lag
    unsigned left_out = 0; ///< updates of each PV that are not made
    Verdict expected{};    ///< its `received` aside; for a stall: `lost` is what was coalesced
    Place place = Place::nowhere;
};

/// What was found of it.
struct Found {
    Result result;
    Place place = Place::nowhere;

    [[nodiscard]] std::string words() const;
};

/// The control run without a fault, then one fault after the other: at each layer, of each kind.
[[nodiscard]] std::span<const Planted> planted_faults();

/// Runs a Database, the server and the client of the protocol, and the counting of `iochron bench` in this process,
/// over loopback, with the fault planted. Blocks for about half a second. Throws base::Problem where it cannot be run.
[[nodiscard]] Found find_planted(const Planted& planted, Protocol protocol);

/// Whether what was found is what was planted, neither less nor more nor elsewhere.
[[nodiscard]] bool is_found(const Planted& planted, const Found& found);

/// `iochron bench --self-test`: one line for each, over each of the protocols; the exit status is 1 when one was not
/// found as what it is.
int run_self_test(std::span<const Protocol> protocols);

} // namespace iochron::perf
