#include "perf/latency.h"
#include "perf/row.h"
#include "perf/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace iochron::perf {
namespace {

/// Feeds the updates to one subscription of a PV whose last posted value is `last`.
Verdict verdict_of(const std::vector<double>& updates, double last)
{
    Verifier verifier(1);
    for (const double value : updates) {
        verifier.check(0, value);
    }
    return verifier.judge(std::vector<double>{last});
}

TEST(Verifier, AcceptsACount)
{
    const Verdict verdict = verdict_of({7, 8, 9, 10}, 10);
    EXPECT_TRUE(verdict.clean());
    EXPECT_EQ(verdict.received, 4u);
    EXPECT_EQ(verdict.words(), "all received in order");
}

TEST(Verifier, FindsEachFault)
{
    EXPECT_EQ(verdict_of({7, 8, 11}, 11).lost, 2u);
    EXPECT_EQ(verdict_of({7, 8}, 9).lost, 1u) << "the newest value is missing";
    EXPECT_EQ(verdict_of({7, 8, 8, 9}, 9).repeated, 1u);
    EXPECT_EQ(verdict_of({7, 9, 8, 10}, 10).words(), "1 misordered") << "late, but not lost";
    EXPECT_EQ(verdict_of({7, 10, 8, 11}, 11).words(), "1 lost, 1 misordered");
    EXPECT_EQ(verdict_of({7, 8, 9, 7}, 9).words(), "1 misordered");
    EXPECT_EQ(verdict_of({7, 8.5, 8}, 8).wrong, 1u);
    EXPECT_EQ(verdict_of({7, std::nan(""), 8}, 8).wrong, 1u);
    EXPECT_EQ(verdict_of({7, 8}, 7).wrong, 1u) << "more than was ever posted";
    EXPECT_EQ(verdict_of({}, 7).silent, 1u);
    EXPECT_EQ(verdict_of({1, 3}, 3).words(), "1 lost");
}

TEST(Verifier, ASubscriptionBelongsToItsPv)
{
    Verifier verifier(4); // 2 PVs x 2 monitors
    for (std::size_t s = 0; s < 4; ++s) {
        verifier.check(s, s % 2 == 0 ? 10 : 20);
    }
    EXPECT_TRUE(verifier.judge(std::vector<double>{10, 20}).clean());
    EXPECT_EQ(verifier.judge(std::vector<double>{10, 21}).lost, 2u);
}

TEST(Latency, QuantilesAreWithinTheResolution)
{
    Latency latency;
    for (int us = 1; us <= 10'000; ++us) {
        latency.add(std::chrono::microseconds(us));
    }
    EXPECT_NEAR(static_cast<double>(latency.quantile_us(0.5)), 5'000, 5'000 * 0.04);
    EXPECT_NEAR(static_cast<double>(latency.quantile_us(0.99)), 9'900, 9'900 * 0.04);
    EXPECT_EQ(latency.quantile_us(1), 10'000u);
    EXPECT_EQ(latency.max_us(), 10'000u);
    EXPECT_EQ(latency.total(), 10'000u);
}

TEST(Published, All67RowsAreThere)
{
    const auto rows = published_rows();
    EXPECT_EQ(rows.size(), 67u);
    EXPECT_EQ(std::ranges::count(rows, "ca", &Published::client), 25);
    EXPECT_EQ(std::ranges::count(rows, "pva", &Published::client), 42);
    EXPECT_EQ(std::ranges::count(rows, "sharedpv", &Published::server), 15);
    for (const Published& row : rows) { // each is found by what it asks for
        EXPECT_EQ(published_for({std::string(row.server), std::string(row.client), row.server_pvs, row.rate_hz,
                                 row.client_pvs, row.monitors_per_pv}),
                  &row);
    }
    const Published* const failed = published_for({"softioc", "ca", 100, 100, 100, 70});
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->note, "server failed: cbLow ring buffer full");
    EXPECT_EQ(published_for({"calc", "ca", 3, 10, 3, 1}), nullptr);
}

} // namespace
} // namespace iochron::perf
