#include "reactor/vigil.h"

#include <gtest/gtest.h>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;

TEST(Vigil, IsKeptOnlyAfterAnAnswer)
{
    Vigil vigil(50us);
    EXPECT_EQ(vigil.begin(), 0us);
    vigil.answered();
    EXPECT_EQ(vigil.begin(), 50us);
    vigil.ended(false);
    EXPECT_EQ(vigil.begin(), 0us);
}

TEST(Vigil, IsKeptSeldomForAPeerThatDoesNotAskAgainSoon)
{
    Vigil vigil(50us);
    int kept = 0;
    for (int i = 0; i < 10'000; ++i) {
        vigil.answered();
        if (vigil.begin() != 0us) {
            vigil.ended(true);
            ++kept;
        }
    }
    EXPECT_GE(kept, 10'000 / 128); // it goes on trying
    EXPECT_LE(kept, 10'000 / 100);
}

TEST(Vigil, IsKeptAlwaysOnceItWasNotInVain)
{
    Vigil vigil(50us);
    for (int i = 0; i < 1000; ++i) {
        vigil.answered();
        if (vigil.begin() != 0us) {
            vigil.ended(true);
        }
    }
    int asleep = 0;
    for (vigil.answered(); vigil.begin() == 0us; vigil.answered()) {
        ASSERT_LT(++asleep, 128);
    }
    vigil.ended(false);
    for (int i = 0; i < 10; ++i) {
        vigil.answered();
        EXPECT_EQ(vigil.begin(), 50us);
        vigil.ended(false);
    }
}

TEST(Vigil, IsNotKeptWhereItIsZero)
{
    Vigil vigil(0us);
    vigil.answered();
    EXPECT_EQ(vigil.begin(), 0us);
}

} // namespace
} // namespace iochron::reactor
