#include "calc/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace iochron::calc {
namespace {

TEST(Random, StaysBetweenZeroAndOneAndSpreadsEvenly)
{
    Random random;
    std::array<int, 10> tenths{};
    for (int i = 0; i < 100'000; ++i) {
        const double x = random.next();
        ASSERT_GE(x, 0);
        ASSERT_LE(x, 1);
        ++tenths[std::min<std::size_t>(9, static_cast<std::size_t>(x * 10))];
    }
    for (const int count : tenths) {
        EXPECT_NEAR(count, 10'000, 500); // five sigma
    }
}

TEST(Random, OneSeedGivesOneRow)
{
    Random a(7);
    Random b(7);
    Random c(8);
    const double first = a.next();
    EXPECT_EQ(first, b.next());
    EXPECT_NE(first, c.next());
    EXPECT_NE(first, a.next());
}

} // namespace
} // namespace iochron::calc
