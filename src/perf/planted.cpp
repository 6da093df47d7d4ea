#include "perf/planted.h"

#include "perf/planted_rig.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdio>

namespace iochron::perf {
namespace {

constexpr std::uint64_t middle = self_test_updates / 2;
constexpr std::uint64_t last = self_test_updates + 1; // after the first value
constexpr Fault lose{Fault::Kind::lose, middle};
constexpr Fault repeat{Fault::Kind::repeat, middle};
constexpr std::uint64_t all_monitors = self_test_monitors; // of the PV that is hit

constexpr std::array planted{
    Planted{.what = "nothing"},
    Planted{.what = "one update lost at the database",
            .database = lose,
            .expected = {.lost = all_monitors},
            .place = Place::before_server},
    Planted{.what = "one frame lost between the server and the wire",
            .queue = lose,
            .expected = {.lost = 1},
            .place = Place::before_wire},
    Planted{.what = "one frame lost on the wire", .wire = lose, .expected = {.lost = 1}, .place = Place::on_wire},
    Planted{
        .what = "one update lost in the client", .client = lose, .expected = {.lost = 1}, .place = Place::in_client},
    Planted{.what = "the last value lost on the wire",
            .wire = {Fault::Kind::lose, last},
            .expected = {.lost = 1},
            .place = Place::on_wire},
    Planted{.what = "one update repeated at the database",
            .database = repeat,
            .expected = {.repeated = all_monitors},
            .place = Place::before_server},
    Planted{
        .what = "one frame repeated on the wire", .wire = repeat, .expected = {.repeated = 1}, .place = Place::on_wire},
    Planted{
        .what = "two frames swapped on the wire", .wire = {Fault::Kind::swap, middle}, .expected = {.misordered = 1}},
    Planted{.what = "one value changed on the wire",
            .wire = {Fault::Kind::spoil, middle},
            .expected = {.lost = 1, .wrong = 1}},
    Planted{.what = "two updates swapped at the database",
            .database = {Fault::Kind::swap, middle},
            .expected = {.misordered = all_monitors}},
    Planted{.what = "two updates swapped in the client",
            .client = {Fault::Kind::swap, middle},
            .expected = {.misordered = 1}},
    // The value that belongs there never comes, so it is lost besides.
    Planted{.what = "one value changed in the client",
            .client = {Fault::Kind::spoil, middle},
            .expected = {.lost = 1, .wrong = 1}},
    Planted{.what = "a subscription that gets nothing",
            .client = {Fault::Kind::silence},
            .expected = {.silent = 1},
            .place = Place::in_client},
    Planted{.what = "a client that is slower than max_lag allows", .stall = true},
    Planted{.what = "1 % of the updates not made", .left_out = self_test_updates / 100},
};

std::string_view words(Place place)
{
    constexpr std::array<std::string_view, 6> all{"",
                                                  "between the database and the server",
                                                  "in the server",
                                                  "between the server and the wire",
                                                  "on the wire",
                                                  "in the client"};
    return all[static_cast<std::size_t>(place)];
}

} // namespace

std::string Found::words() const
{
    if (result.passed() && place == Place::nowhere) {
        return result.verdict.words();
    }
    const std::string failures = fmt::format("{}", fmt::join(result.failures, "; "));
    return place == Place::nowhere ? failures : fmt::format("{}, {}", failures, perf::words(place));
}

std::span<const Planted> planted_faults()
{
    return planted;
}

bool is_found(const Planted& planted, const Found& found)
{
    const Verdict& verdict = found.result.verdict;
    // Beyond the server, its own count of updates tells too.
    const std::uint64_t lost = planted.stall ? found.result.coalesced : planted.expected.lost;
    return verdict.lost == lost && verdict.repeated == planted.expected.repeated &&
           verdict.misordered == planted.expected.misordered && verdict.wrong == planted.expected.wrong &&
           verdict.silent == planted.expected.silent && found.place == planted.place &&
           (found.result.coalesced > 0) == planted.stall &&
           (found.result.updates_sent != verdict.received) == (planted.place > Place::in_server) &&
           (found.result.processed_share < least_processed_share) == (planted.left_out > 0);
}

int run_self_test(std::span<const Protocol> protocols)
{
    std::size_t missed = 0;
    for (const Protocol protocol : protocols) {
        fmt::print("over {}\n", protocol == Protocol::ca ? "Channel Access" : "pvAccess");
        for (const Planted& each : planted_faults()) {
            const Found found = find_planted(each, protocol);
            const bool right = is_found(each, found);
            missed += right ? 0 : 1;
            fmt::print("planted: {:<48} found: {}{}\n", each.what, found.words(), right ? "" : "   NOT AS PLANTED");
            std::fflush(stdout);
        }
    }
    const std::size_t runs = planted_faults().size() * protocols.size();
    if (missed > 0) {
        fmt::print("\n{} of {} runs were not found as what they are\n", missed, runs);
        return 1;
    }
    fmt::print("\nthe runs without a fault are clean, and each of {} faults was found as what it is\n",
               runs - protocols.size());
    return 0;
}

} // namespace iochron::perf
