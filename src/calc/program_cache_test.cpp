#include "calc/program_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace iochron::calc {
namespace {

TEST(ProgramCache, EqualExpressionsShareAProgram)
{
    ProgramCache cache;
    const auto first = cache.get("A+1");
    const auto second = cache.get(std::string("A+1"));
    const auto other = cache.get("A+2");
    ASSERT_TRUE(first && second && other);
    EXPECT_EQ(*first, *second);
    EXPECT_NE(*first, *other);
    EXPECT_EQ(cache.size(), 2u);
}

TEST(ProgramCache, CompilesAgainWhatNobodyHeld)
{
    ProgramCache cache;
    ASSERT_TRUE(cache.get("A+1"));
    const auto again = cache.get("A+1");
    ASSERT_TRUE(again);
    std::vector<double> args{1};
    Random random;
    EXPECT_EQ((*again)->evaluate(args, 0, random), 2);
    EXPECT_EQ(cache.size(), 1u);
}

TEST(ProgramCache, GivesErrorsAndKeepsNone)
{
    ProgramCache cache;
    const auto failed = cache.get("A+");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().reason, Reason::incomplete);
    EXPECT_EQ(cache.size(), 0u);
}

TEST(ProgramCache, StaysSmallUnderManyExpressionsThatNobodyKeeps)
{
    ProgramCache cache;
    const auto kept = cache.get("A");
    for (int i = 0; i < 10'000; ++i) {
        ASSERT_TRUE(cache.get("A+" + std::to_string(i)));
    }
    EXPECT_LE(cache.size(), 64u);
    EXPECT_EQ(*cache.get("A"), *kept);
}

TEST(ProgramCache, KeepsAllThatAreHeld)
{
    ProgramCache cache;
    std::vector<std::shared_ptr<const Program>> held;
    for (int i = 0; i < 1'000; ++i) {
        held.push_back(cache.get("A+" + std::to_string(i)).value());
    }
    for (std::size_t i = 0; i < held.size(); ++i) {
        EXPECT_EQ(cache.get("A+" + std::to_string(i)).value(), held[i]);
    }
}

} // namespace
} // namespace iochron::calc
