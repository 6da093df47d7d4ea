#include "calc/integer.h"

#include <gtest/gtest.h>

#include <limits>

namespace iochron::calc {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();

TEST(Integer, CutsOffTheFraction)
{
    EXPECT_EQ(to_int32(2.9), 2);
    EXPECT_EQ(to_int32(-2.9), -2);
    EXPECT_EQ(to_word(2.9), 2u);
    EXPECT_EQ(to_signed_word(-2.9), -2);
    EXPECT_EQ(to_word(-0.5), 0u);
}

TEST(Integer, OutOfRangeIsTheLeast)
{
    EXPECT_EQ(to_int32(2147483647.5), 2147483647);
    EXPECT_EQ(to_int32(-2147483648.5), least);
    for (const double x : {2147483648.0, -2147483649.0, 1e20, -1e20, inf, -inf, nan}) {
        EXPECT_EQ(to_int32(x), least) << x;
    }
}

TEST(Integer, WordsKeepTheirLowBits)
{
    EXPECT_EQ(to_word(4294967295.0), 0xFFFF'FFFFu);
    EXPECT_EQ(to_word(4294967301.0), 5u);
    EXPECT_EQ(to_word(9223372036854774784.0), 0xFFFF'FC00u);
    EXPECT_EQ(to_signed_word(3e9), -1294967296);
    for (const double x : {9223372036854775808.0, 1e20, inf, nan}) {
        EXPECT_EQ(to_word(x), 0u) << x;
    }
    for (const double x : {-2147483648.0, -3e9, -1e20, -inf}) {
        EXPECT_EQ(to_word(x), 0x8000'0000u) << x;
    }
}

} // namespace
} // namespace iochron::calc
