#include "client/search_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;
using iochron::base::never;
using iochron::base::Steady;
using iochron::client::SearchSchedule;
using iochron::client::SearchSettings;

namespace {

/// A schedule under a clock that jumps from deadline to deadline, and what it sent.
struct Search {
    explicit Search(SearchSettings settings = {}) : schedule(settings) {}

    /// Runs until `until`, or until nothing is scheduled. heard(names) is called for each datagram.
    template <class Heard>
    void run(Steady until, Heard heard)
    {
        for (;;) {
            schedule.run(now, [&](std::uint32_t server, std::span<const std::uint32_t> names) {
                ++datagrams;
                most_names = std::max(most_names, names.size());
                heard(server, names);
            });
            const Steady next = schedule.deadline(now);
            if (next > until) {
                now = until;
                return;
            }
            now = std::max(next, now);
        }
    }

    SearchSchedule schedule;
    Steady now{1h};
    std::size_t datagrams = 0;
    std::size_t most_names = 0;
};

constexpr std::size_t name_bytes = 32;

} // namespace

TEST(SearchSchedule, SearchesEachOfAMillionAnsweredNamesOnce)
{
    Search search;
    constexpr std::uint32_t count = 1'000'000;
    for (std::uint32_t name = 0; name < count; ++name) {
        search.schedule.add(name, name_bytes);
    }
    std::vector<std::uint8_t> searched(count);
    const Steady start = search.now;
    std::vector<std::uint32_t> in_flight;
    while (search.schedule.waiting() > 0 && search.now - start < 10s) {
        in_flight.clear();
        search.schedule.run(search.now, [&](std::uint32_t, std::span<const std::uint32_t> names) {
            ++search.datagrams;
            for (const std::uint32_t name : names) {
                ++searched[name];
                in_flight.push_back(name);
            }
        });
        search.now += 1ms; // the round trip
        for (const std::uint32_t name : in_flight) {
            search.schedule.found(name, search.now);
        }
    }
    EXPECT_EQ(search.schedule.waiting(), 0u);
    EXPECT_EQ(std::count(searched.begin(), searched.end(), 1), count);
    EXPECT_LE(search.datagrams, count / 31 + 1); // (1024 - 16) / 32 names in each
    EXPECT_LT(search.now - start, 1s);           // the replies set the pace, not the bounded rate
    EXPECT_EQ(search.schedule.deadline(search.now), never);
}

TEST(SearchSchedule, HoldsTheRateWhenNobodyAnswers)
{
    const SearchSettings settings;
    Search search(settings);
    for (std::uint32_t name = 0; name < 1'000'000; ++name) {
        search.schedule.add(name, name_bytes);
    }
    std::size_t names_sent = 0;
    search.run(search.now + 60s,
               [&](std::uint32_t, std::span<const std::uint32_t> names) { names_sent += names.size(); });
    const std::size_t allowed = settings.start_window_bytes + 60 * settings.bytes_per_second;
    EXPECT_LE(names_sent * name_bytes, allowed);
    EXPECT_GE(names_sent * name_bytes, allowed * 9 / 10);
    EXPECT_EQ(search.most_names, 31u);
}

TEST(SearchSchedule, DoublesTheIntervalUpToTheLongest)
{
    SearchSettings settings;
    settings.max_interval = 60s;
    Search search(settings);
    search.schedule.add(7, name_bytes);
    std::vector<Steady> times;
    search.run(search.now + 600s, [&](std::uint32_t, std::span<const std::uint32_t>) { times.push_back(search.now); });
    ASSERT_GT(times.size(), 12u);
    auto interval = settings.first_interval;
    for (std::size_t i = 1; i < times.size(); ++i) {
        EXPECT_GE(times[i] - times[i - 1], interval) << i;
        EXPECT_LE(times[i] - times[i - 1], interval * 9 / 8 + 1ms) << i;
        interval = std::min<iochron::base::Duration>(interval * 2, settings.max_interval);
    }
}

TEST(SearchSchedule, NewNamesGoOutWhileManyOldOnesWait)
{
    Search search;
    for (std::uint32_t name = 0; name < 200'000; ++name) {
        search.schedule.add(name, name_bytes);
    }
    search.run(search.now + 60s, [](std::uint32_t, std::span<const std::uint32_t>) {});
    search.schedule.add(200'000, name_bytes);
    Steady asked = never;
    const Steady added = search.now;
    search.run(search.now + 1s, [&](std::uint32_t, std::span<const std::uint32_t> names) {
        if (std::ranges::find(names, 200'000u) != names.end()) {
            asked = std::min(asked, search.now);
        }
    });
    EXPECT_LE(asked - added, 20ms);
}

TEST(SearchSchedule, HurryBringsWaitingNamesForwardOnceAndWithinTheRate)
{
    Search search;
    constexpr std::uint32_t count = 20'000;
    for (std::uint32_t name = 0; name < count; ++name) {
        search.schedule.add(name, name_bytes);
    }
    search.run(search.now + 400s, [](std::uint32_t, std::span<const std::uint32_t>) {});
    std::map<std::uint32_t, int> asked;
    const auto count_them = [&](std::uint32_t, std::span<const std::uint32_t> names) {
        for (const std::uint32_t name : names) {
            ++asked[name];
        }
    };
    for (int beacon = 0; beacon < 50; ++beacon) { // a server that restarts sends many beacons
        search.schedule.hurry(search.now);
        search.run(search.now + 100ms, count_them);
    }
    EXPECT_EQ(asked.size(), count);
    EXPECT_TRUE(std::ranges::all_of(asked, [](const auto& name) { return name.second <= 2; }));
}

TEST(SearchSchedule, AsksTheServerOfLostNamesFirstAndThenEverywhere)
{
    Search search;
    for (std::uint32_t name = 0; name < 100; ++name) {
        search.schedule.add(name, name_bytes, 42);
    }
    std::vector<int> alone(100);
    std::vector<int> everywhere(100);
    search.run(search.now + 1s, [&](std::uint32_t server, std::span<const std::uint32_t> names) {
        for (const std::uint32_t name : names) {
            if (server == 42) {
                EXPECT_EQ(everywhere[name], 0);
            }
            ++(server == 42 ? alone : everywhere)[name];
        }
    });
    EXPECT_TRUE(std::ranges::all_of(alone, [](int times) { return times == 1; }));
    EXPECT_TRUE(std::ranges::all_of(everywhere, [](int times) { return times >= 2; }));
}

TEST(SearchSchedule, PutsOffWhatWasFoundInVain)
{
    Search search;
    search.schedule.add_later(5, name_bytes, search.now);
    const Steady added = search.now;
    Steady asked = never;
    search.run(search.now + 20s,
               [&](std::uint32_t, std::span<const std::uint32_t>) { asked = std::min(asked, search.now); });
    EXPECT_GE(asked - added, SearchSettings{}.hurried_interval / 2);
    EXPECT_LE(asked - added, SearchSettings{}.hurried_interval * 9 / 8);
}

TEST(SearchSchedule, MissesShrinkTheWindowAndAnswersRestoreIt)
{
    Search search;
    for (std::uint32_t name = 0; name < 10'000; ++name) {
        search.schedule.add(name, name_bytes);
    }
    search.run(search.now + 2s, [](std::uint32_t, std::span<const std::uint32_t>) {});
    EXPECT_EQ(search.schedule.window_bytes(), SearchSettings{}.min_window_bytes);
    for (std::uint32_t name = 0; name < 10'000; ++name) {
        search.schedule.found(name, search.now);
    }
    EXPECT_EQ(search.schedule.window_bytes(), SearchSettings{}.max_window_bytes);
}

TEST(SearchSchedule, ForgetsRemovedNames)
{
    Search search;
    search.schedule.add(3, name_bytes);
    search.schedule.add(3, name_bytes);
    EXPECT_EQ(search.schedule.waiting(), 1u);
    search.schedule.remove(3);
    search.schedule.remove(3);
    search.schedule.found(1'000'000, search.now);
    EXPECT_FALSE(search.schedule.searching(3));
    search.run(search.now + 10s, [](std::uint32_t, std::span<const std::uint32_t>) { FAIL(); });
}
