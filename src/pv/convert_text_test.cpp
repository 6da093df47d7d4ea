#include "pv/convert_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace iochron::pv {
namespace {

struct Written {
    double value;
    std::vector<const char*> as; ///< with precision 0, 2, 5, 8, 12, 20
};

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// What softIoc of base 7.0.10 shows for ai records with these PREC.
const std::vector<Written> written = {
    {0, {"0", "0.00", "0.00000", "0.00000000", " 0.000000000000e+00", " 0.00000000000000000e+00"}},
    {-0.0, {"0", "0.00", "0.00000", "0.00000000", "-0.000000000000e+00", "-0.00000000000000000e+00"}},
    {1.005, {"1", "1.00", "1.00500", "1.00500000", " 1.005000000000e+00", " 1.00499999999999989e+00"}},
    {-0.001, {"-0", "-0.00", "-0.00100", "-0.00100000", "-1.000000000000e-03", "-1.00000000000000002e-03"}},
    {0.996, {"1", "1.00", "0.99600", "0.99600000", " 9.960000000000e-01", " 9.95999999999999996e-01"}},
    {2.675, {"3", "2.67", "2.67500", "2.67500000", " 2.675000000000e+00", " 2.67499999999999982e+00"}},
    {9999999.9996,
     {"10000000", "10000000.00", "9999999.99960", "9999999.99960000", " 9.999999999600e+06",
      " 9.99999999960000068e+06"}},
    {10000000.5,
     {"10000000", "10000000.50", "10000000.500", "10000000.500", " 1.000000050000e+07", " 1.00000005000000000e+07"}},
    {123456789.126,
     {"123456789", "123456789.13", "123456789.126", "123456789.126", " 1.234567891260e+08",
      " 1.23456789126000002e+08"}},
    {1e16,
     {"10000000000000000", "10000000000000000.00", "10000000000000000.000", "10000000000000000.000",
      " 1.000000000000e+16", " 1.00000000000000000e+16"}},
    {1.5e16,
     {"  2e+16", " 1.50e+16", " 1.50000e+16", " 1.50000000e+16", " 1.500000000000e+16", " 1.50000000000000000e+16"}},
    {-3.25e25,
     {" -3e+25", "-3.25e+25", "-3.25000e+25", "-3.25000000e+25", "-3.250000000000e+25", "-3.25000000000000003e+25"}},
    {nan, {"nan", "nan", "nan", "nan", "                nan", "                     nan"}},
    {-inf,
     {"   -inf", "     -inf", "        -inf", "           -inf", "               -inf", "                    -inf"}},
};

TEST(Format, WritesDoublesAsTheDatabaseDoes)
{
    constexpr std::array precisions = {0, 2, 5, 8, 12, 20};
    for (const Written& row : written) {
        for (std::size_t i = 0; i < precisions.size(); ++i) {
            EXPECT_EQ(format(row.value, precisions[i]).view(), row.as[i]) << row.value << " " << precisions[i];
        }
        EXPECT_EQ(format(row.value, -1).view(), row.as[5]) << "a negative precision is a large one";
    }
}

TEST(Format, WritesFloatsAsTheDatabaseDoes)
{
    EXPECT_EQ(format(1.005f, 3).view(), "1.005");
    EXPECT_EQ(format(1e7f, 3).view(), "10000000.000");
    EXPECT_EQ(format(9.9e7f, 3).view(), "99000000.000");
    EXPECT_EQ(format(1e8f, 3).view(), "1.000e+08");
    EXPECT_EQ(format(1e20f, 3).view(), "1.000e+20");
    EXPECT_EQ(format(-0.25f, 3).view(), "-0.250");
    EXPECT_EQ(format(std::numeric_limits<float>::quiet_NaN(), 3).view(), "nan");
    EXPECT_LE(format(-std::numeric_limits<float>::max(), 30'000).size, 31);
}

TEST(Format, WritesIntegers)
{
    EXPECT_EQ(format(std::numeric_limits<std::int64_t>::min()).view(), "-9223372036854775808");
    EXPECT_EQ(format(std::numeric_limits<std::uint64_t>::max()).view(), "18446744073709551615");
}

TEST(ParseDouble, TakesWhatTheDatabaseTakes)
{
    EXPECT_EQ(parse_double("1.5"), 1.5);
    EXPECT_EQ(parse_double(" \t-7e2 \n"), -700);
    EXPECT_EQ(parse_double("+.5"), 0.5);
    EXPECT_EQ(parse_double("1.e2"), 100);
    EXPECT_EQ(parse_double("0x10"), 16);
    EXPECT_EQ(parse_double("-0X1.8p1"), -3);
    EXPECT_EQ(parse_double("010"), 10);
    EXPECT_EQ(parse_double("INF"), inf);
    EXPECT_EQ(parse_double("-infinity"), -inf);
    EXPECT_TRUE(std::isnan(*parse_double("NaN")));
    EXPECT_EQ(parse_double("1.5 mm", Trailing::allowed), 1.5);
    EXPECT_EQ(parse_double("1e", Trailing::allowed), 1);
    EXPECT_EQ(parse_double("0x", Trailing::allowed), 0);
}

TEST(ParseDouble, RefusesTheRestWithWords)
{
    for (const char* text : {"", " ", "on", "--1", "+-1", "1e400", "-1e400", "1e-400", ".", "e5", "-"}) {
        const auto number = parse_double(text, Trailing::allowed);
        ASSERT_FALSE(number) << text;
        EXPECT_EQ(number.error().outcome, Outcome::no_conversion);
    }
    EXPECT_EQ(parse_double("1.5abc").error().text, "\"1.5abc\" has something behind the number");
    EXPECT_FALSE(parse_double("0x"));
}

TEST(ParseInteger, KnowsBasesAndRanges)
{
    EXPECT_EQ(parse_integer<std::int32_t>("0x10", 0), 16);
    EXPECT_EQ(parse_integer<std::int32_t>("-010", 0), -8);
    EXPECT_EQ(parse_integer<std::int32_t>("010"), 10);
    EXPECT_EQ(parse_integer<std::int32_t>("ff", 16), 255);
    EXPECT_EQ(parse_integer<std::int32_t>("0xff", 16), 255);
    EXPECT_EQ(parse_integer<std::int8_t>("-128"), -128);
    EXPECT_FALSE(parse_integer<std::int8_t>("128"));
    EXPECT_FALSE(parse_integer<std::int8_t>("-129"));
    EXPECT_EQ(parse_integer<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(parse_integer<std::int64_t>("9223372036854775808"));
    EXPECT_FALSE(parse_integer<std::uint64_t>("18446744073709551616"));
}

TEST(ParseInteger, UnsignedTypesCountDownFromZero)
{
    EXPECT_EQ(parse_integer<std::uint8_t>("-1"), 255);
    EXPECT_EQ(parse_integer<std::uint8_t>("-255"), 1);
    EXPECT_FALSE(parse_integer<std::uint8_t>("-256"));
    EXPECT_EQ(parse_integer<std::uint16_t>("-300"), 65236);
}

TEST(ParseInteger, MindsWhatFollows)
{
    EXPECT_FALSE(parse_integer<std::int32_t>("1.5"));
    EXPECT_EQ(parse_integer<std::int32_t>("1.5", 10, Trailing::allowed), 1);
    EXPECT_EQ(parse_integer<std::int32_t>(" 7 "), 7);
    EXPECT_FALSE(parse_integer<std::int32_t>("x", 10, Trailing::allowed));
}

TEST(ChoiceIndex, LooksForTheTextAndThenForTheNumber)
{
    const std::vector<std::string> choices = {"zero", "2", "two"};
    EXPECT_EQ(choice_index("two", choices), 2);
    EXPECT_EQ(choice_index("2", choices), 1) << "the text comes first";
    EXPECT_EQ(choice_index("0", choices), 0);
    EXPECT_EQ(choice_index("0x1", choices), 1);
    EXPECT_FALSE(choice_index("3", choices));
    EXPECT_FALSE(choice_index("1x", choices));
    EXPECT_EQ(choice_index("Two", choices).error().text, "\"Two\" is none of the choices \"zero\", \"2\", \"two\"");
    EXPECT_EQ(choice_index("77", {}), 77) << "no choices are known, so the index stands for itself";
    EXPECT_FALSE(choice_index("on", {}));
}

} // namespace
} // namespace iochron::pv
