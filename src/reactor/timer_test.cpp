#include "reactor/timer.h"

#include "reactor/shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <vector>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;
using base::Steady;

Steady patience()
{
    return std::chrono::steady_clock::now() + 30s;
}

TEST(Timer, FiresInTheOrderOfDeadlinesAndNeverEarly)
{
    Shard shard;
    std::mt19937 random(7);
    const Steady start = shard.refresh();
    std::vector<Timer> timers;
    std::vector<int> deadlines(500);
    std::vector<int> fired;
    bool early = false;
    for (int& deadline : deadlines) {
        deadline = static_cast<int>(random() % 20'000);
        const Steady at = start + std::chrono::microseconds(deadline);
        timers.emplace_back(shard).at(at, [&, at] {
            early = early || shard.now() < at;
            fired.push_back(deadline);
        });
    }
    EXPECT_TRUE(shard.run_until(patience(), [&] { return fired.size() == deadlines.size(); }));
    std::stable_sort(deadlines.begin(), deadlines.end());
    EXPECT_EQ(fired, deadlines);
    EXPECT_FALSE(early);
}

TEST(Timer, FiresEqualDeadlinesInTheOrderOfArming)
{
    Shard shard;
    std::vector<Timer> timers;
    std::vector<int> fired;
    for (int i = 0; i < 100; ++i) {
        timers.emplace_back(shard).at(shard.now(), [&fired, i] { fired.push_back(i); });
    }
    EXPECT_TRUE(shard.run_until(patience(), [&] { return fired.size() == 100; }));
    EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

TEST(Timer, DoesNotFireOnceCancelledOrDestroyed)
{
    Shard shard;
    int wrong = 0;
    bool done = false;
    std::vector<Timer> timers;
    for (int i = 0; i < 100; ++i) {
        timers.emplace_back(shard).at(shard.now() + std::chrono::microseconds(i), [&] { ++wrong; });
    }
    for (std::size_t i = 0; i < 100; i += 2) {
        timers[i].cancel();
        EXPECT_FALSE(timers[i].armed());
    }
    timers.erase(timers.begin() + 20, timers.end()); // the rest of them, by moving and destroying
    for (Timer& timer : timers) {
        timer.cancel();
    }
    Timer last(shard);
    last.at(shard.now() + 1ms, [&] { done = true; });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return done; }));
    EXPECT_EQ(wrong, 0);
}

TEST(Timer, KeepsItsCallToBeArmedAgain)
{
    Shard shard;
    int fired = 0;
    Timer timer(shard);
    Steady next = shard.now();
    timer.at(next, [&] {
        if (++fired < 10) {
            timer.at(next += 100us);
        }
    });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return fired == 10; }));
    EXPECT_FALSE(timer.armed());
}

TEST(Timer, MayBeReplacedMovedAndDestroyedByItsOwnCall)
{
    Shard shard;
    std::string calls;
    std::optional<Timer> a;
    std::optional<Timer> b;
    a.emplace(shard);
    a->at(shard.now(), [&] {
        calls += 'a';
        b = std::move(a);
        b->at(shard.now(), [&, kept = std::string(100, 'x')] {
            calls += 'b';
            b.reset();
            calls += kept[99]; // what the call holds lives until it returns
        });
    });
    EXPECT_TRUE(shard.run_until(patience(), [&] { return calls.size() == 3; }));
    EXPECT_EQ(calls, "abx");
}

TEST(Timer, NeverIsNoDeadline)
{
    Shard shard;
    Timer timer(shard);
    timer.at(shard.now(), [] { FAIL(); });
    timer.at(base::never);
    EXPECT_FALSE(timer.armed());
    EXPECT_FALSE(shard.run_until(shard.now() + 1ms, [] { return false; }));
}

} // namespace
} // namespace iochron::reactor
