#include "server/dropped.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

namespace iochron::server {
namespace {

TEST(Dropped, CountsAndForgetsAsAMapDoes)
{
    std::mt19937 random(1);
    Dropped dropped;
    std::map<std::uint32_t, std::uint64_t> expected;
    for (int round = 0; round < 300; ++round) {
        std::map<std::uint32_t, std::uint64_t> more;
        for (int i = 0; i < 20; ++i) {
            more[random() % 200] += 1 + random() % 3;
        }
        std::vector<Dropped::Count> counts;
        for (const auto& [subscription, updates] : more) {
            counts.push_back({subscription, updates});
            expected[subscription] += updates;
        }
        dropped.add(counts);
        for (int i = 0; i < 25; ++i) {
            const std::uint32_t subscription = random() % 200;
            EXPECT_EQ(dropped.of(subscription), expected.contains(subscription) ? expected[subscription] : 0);
            const auto known = expected.extract(subscription);
            EXPECT_EQ(dropped.forget(subscription), known ? known.mapped() : 0);
            EXPECT_EQ(dropped.of(subscription), 0u);
        }
    }
}

TEST(Dropped, TakesEveryId)
{
    Dropped dropped;
    const std::array<Dropped::Count, 2> ends{{{0, 1}, {~std::uint32_t{0}, 2}}};
    dropped.add(ends);
    EXPECT_EQ(dropped.of(0), 1u);
    EXPECT_EQ(dropped.of(~std::uint32_t{0}), 2u);
}

} // namespace
} // namespace iochron::server
