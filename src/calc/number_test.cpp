#include "calc/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace iochron::calc {
namespace {

TEST(Number, ReadsWhatBaseReads)
{
    struct Case {
        const char* text;
        double value;
        std::size_t size;
    };
    const Case cases[] = {
        {"12", 12, 2},
        {"010", 10, 3},
        {"1.5", 1.5, 3},
        {".5", 0.5, 2},
        {"5.", 5, 2},
        {"1e3", 1000, 3},
        {"1E+3", 1000, 4},
        {"1e-3x", 0.001, 4},
        {"1e", 1, 1},
        {"1e+", 1, 1},
        {"2E+A", 2, 1},
        {"0 + 5", 0, 1},
        {"0e-400", 0, 6},
        {"0.000e99", 0, 8},
        {"0x1F+1", 31, 4},
        {"0X1f", 31, 4},
        {"0xFFFFFFFF", -1, 10},
        {"0x80000000", -2147483648.0, 10},
        {"0x7FFFFFFF", 2147483647, 10},
        {"0x", 0, 1},
        {"0xor1", 0, 1},
        {"0x1.8", 1, 3},
        {"0x0000000000000000001", 1, 21},
        {"0xFFFFFFFFFFFFFFFF", -1, 18},
        {"1.7976931348623157e308", 1.7976931348623157e308, 22},
        {"2.2250738585072014e-308", 2.2250738585072014e-308, 23},
        {"inf", std::numeric_limits<double>::infinity(), 3},
        {"Infinity", std::numeric_limits<double>::infinity(), 8},
        {"INFINIT", std::numeric_limits<double>::infinity(), 3},
    };
    for (const auto& [text, value, size] : cases) {
        const auto number = read_number(text);
        ASSERT_TRUE(number) << text;
        ASSERT_TRUE(number->value) << text;
        EXPECT_EQ(*number->value, value) << text;
        EXPECT_EQ(number->size, size) << text;
    }
}

TEST(Number, ReadsNotANumber)
{
    for (const auto& [text, size] : {std::pair{"NaN", 3u}, {"nan(q_1)", 8u}, {"nan(A+1)", 3u}, {"nan(", 3u}}) {
        const auto number = read_number(text);
        ASSERT_TRUE(number && number->value) << text;
        EXPECT_TRUE(std::isnan(*number->value)) << text;
        EXPECT_EQ(number->size, size) << text;
    }
}

TEST(Number, RefusesWhatCannotBeHeld)
{
    for (const char* text : {"1e400", "1e-400", "1e-310", "5e-324", "2.2250738585072011e-308", ".", ".e1",
                             "0x100000000", "0xFFFFFFFF00000000", "0x1FFFFFFFFFFFFFFFF"}) {
        const auto number = read_number(text);
        ASSERT_TRUE(number) << text;
        EXPECT_FALSE(number->value) << text;
    }
}

TEST(Number, LeavesOtherTextAlone)
{
    for (const char* text : {"", "A", "IN", "-1", "+1", "E5", "N"}) {
        EXPECT_FALSE(read_number(text)) << text;
    }
}

} // namespace
} // namespace iochron::calc
