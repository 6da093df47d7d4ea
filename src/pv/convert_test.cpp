#include "pv/convert.h"

#include <gtest/gtest.h>

#include <array>

namespace iochron::pv {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class To>
To cast(double value)
{
    return number_cast<To>(value);
}

// What softIoc of base 7.0.10 on x86-64 stores for a DBR_DOUBLE put to longout, int64out and waveforms.
TEST(NumberCast, OfADoubleIsWhatTheProcessorMakesOfIt)
{
    EXPECT_EQ(cast<std::int32_t>(3e9), -2147483647 - 1);
    EXPECT_EQ(cast<std::int32_t>(nan), -2147483647 - 1);
    EXPECT_EQ(cast<std::int32_t>(-1.9), -1);
    EXPECT_EQ(cast<std::int16_t>(70000.7), 4464);
    EXPECT_EQ(cast<std::int16_t>(3e9), 0);
    EXPECT_EQ(cast<std::uint16_t>(-5.0), 65531);
    EXPECT_EQ(cast<std::uint8_t>(300.0), 44);
    EXPECT_EQ(cast<std::int8_t>(-1.9), -1);
    EXPECT_EQ(cast<std::uint32_t>(3e9), 3'000'000'000u);
    EXPECT_EQ(cast<std::uint32_t>(-3e9), 1'294'967'296u);
    EXPECT_EQ(cast<std::uint32_t>(1e30), 0u);
    EXPECT_EQ(cast<std::int64_t>(1e30), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(cast<std::uint64_t>(1e30), 0u);
    EXPECT_EQ(cast<std::uint64_t>(nan), 1ull << 63);
    EXPECT_EQ(cast<std::uint64_t>(1.5e19), 15'000'000'000'000'000'000ull);
    EXPECT_EQ(cast<std::uint64_t>(-1.9), std::numeric_limits<std::uint64_t>::max());
}

TEST(NumberCast, HoldsADoubleWithinAFloat)
{
    EXPECT_EQ(cast<float>(1e300), std::numeric_limits<float>::max());
    EXPECT_EQ(cast<float>(-1e-50), -std::numeric_limits<float>::min());
    EXPECT_EQ(cast<float>(0.0), 0.0f);
    EXPECT_EQ(cast<float>(-inf), -std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::isnan(cast<float>(nan)));
}

TEST(NumberCast, CutsIntegers)
{
    EXPECT_EQ((number_cast<std::int32_t>(std::int64_t{1099511627781})), 5);
    EXPECT_EQ((number_cast<std::uint16_t>(std::int64_t{-1})), 65535);
    EXPECT_TRUE((number_cast<bool>(0.5)));
}

TEST(Convert, TheSameTypeSharesItsElements)
{
    const std::array<double, 3> numbers = {1, 2, 3};
    const Value array = Value::array_of(std::span<const double>(numbers));
    EXPECT_EQ(convert(array, ScalarType::float64, nullptr)->bytes().data(), array.bytes().data());
}

TEST(Convert, NumbersToNumbersKeepTheirShape)
{
    EXPECT_EQ(convert(Value::of(2.5), ScalarType::int16, nullptr), Value::of(std::int16_t{2}));
    EXPECT_EQ(convert(Value::of(7), ScalarType::enumeration, nullptr), Value::enumeration(7));
    const std::array<double, 2> numbers = {1.9, -70000};
    const std::array<std::int16_t, 2> cut = {1, -4464};
    EXPECT_EQ(convert(Value::array_of(std::span<const double>(numbers)), ScalarType::int16, nullptr),
              Value::array_of(std::span<const std::int16_t>(cut)));
    EXPECT_EQ(convert(Value::of(true), ScalarType::float64, nullptr), Value::of(1.0));
}

TEST(Convert, NumbersToTextUseThePrecision)
{
    Meta meta;
    meta.precision = 2;
    EXPECT_EQ(convert(Value::of(1.005), ScalarType::string, &meta)->text(), "1.00");
    EXPECT_EQ(convert(Value::of(1.5), ScalarType::string, nullptr)->text(), "1.500000");
    EXPECT_EQ(convert(Value::of(std::int8_t{-5}), ScalarType::string, nullptr)->text(), "-5");
    EXPECT_EQ(convert(Value::of(std::uint8_t{200}), ScalarType::string, nullptr)->text(), "200");
    EXPECT_EQ(convert(Value::of(std::int64_t{1099511627781}), ScalarType::string, nullptr)->text(), "1099511627781");
    const std::array<double, 2> numbers = {1.5, 2e8};
    const Value texts = *convert(Value::array_of(std::span<const double>(numbers)), ScalarType::string, &meta);
    ASSERT_EQ(texts.count(), 2u);
    EXPECT_EQ(texts.text_at(0), "1.50");
    EXPECT_EQ(texts.text_at(1), "200000000.00");
}

TEST(Convert, TextToNumbersIgnoresUnits)
{
    const auto number = [](std::string_view text, ScalarType to) { return convert(Value::of(text), to, nullptr); };
    EXPECT_EQ(number("1.5 mm", ScalarType::float64), Value::of(1.5));
    EXPECT_EQ(number("", ScalarType::float64), Value::of(0.0));
    EXPECT_EQ(number("1e3", ScalarType::int32), Value::of(1)) << "an integer ends at the e";
    EXPECT_EQ(number("1e3", ScalarType::uint32), Value::of(1000u)) << "a uint32 is a double to CA";
    EXPECT_EQ(number("-1", ScalarType::uint32), Value::of(4294967295u));
    EXPECT_EQ(number("0x1e", ScalarType::uint32), Value::of(30u));
    EXPECT_EQ(number("010", ScalarType::int32), Value::of(8));
    EXPECT_EQ(number("-1", ScalarType::uint8), Value::of(std::uint8_t{255}));
    for (const char* text : {" ", "on", "99999999999", "INF"}) {
        EXPECT_EQ(number(text, ScalarType::int32).error().outcome, Outcome::no_conversion) << text;
    }
    EXPECT_FALSE(number("1e-42", ScalarType::float32));
    EXPECT_FALSE(number("1e39", ScalarType::float32));
    EXPECT_EQ(number("inf", ScalarType::float32), Value::of(std::numeric_limits<float>::infinity()));
    EXPECT_FALSE(number("1e10", ScalarType::uint32)) << "EPICS stores 1, what the text starts with";
    EXPECT_FALSE(number("nan", ScalarType::uint32)) << "EPICS stores nothing and says that it did";
}

TEST(Convert, TextArraysAreAllOrNothing)
{
    const std::array<std::string, 2> good = {"1", "2.5"};
    const std::array<double, 2> numbers = {1, 2.5};
    EXPECT_EQ(convert(Value::string_array(good), ScalarType::float64, nullptr),
              Value::array_of(std::span<const double>(numbers)));
    const std::array<std::string, 2> bad = {"1", "b"};
    EXPECT_FALSE(convert(Value::string_array(bad), ScalarType::float64, nullptr));
}

TEST(Convert, Enumerations)
{
    Meta meta;
    meta.choices = {"off", "on"};
    EXPECT_EQ(convert(Value::enumeration(1), ScalarType::string, &meta)->text(), "on");
    EXPECT_EQ(convert(Value::enumeration(2), ScalarType::string, &meta)->text(), "Illegal Value");
    meta.no_choice = NoChoice::number;
    EXPECT_EQ(convert(Value::enumeration(65535), ScalarType::string, &meta)->text(), "65535");
    meta.no_choice = NoChoice::underscored;
    EXPECT_EQ(convert(Value::enumeration(2), ScalarType::string, &meta)->text(), "Illegal_Value");
    meta.no_choice = NoChoice::states;
    EXPECT_EQ(convert(Value::enumeration(15), ScalarType::string, &meta)->text(), "");
    EXPECT_EQ(convert(Value::enumeration(16), ScalarType::string, &meta)->text(), "Illegal Value");
    EXPECT_EQ(convert(Value::enumeration(2), ScalarType::string, nullptr)->text(), "2");
    EXPECT_EQ(convert(Value::enumeration(40000), ScalarType::int16, &meta), Value::of(std::int16_t{-25536}));
    EXPECT_EQ(convert(Value::of(std::string_view("on")), ScalarType::enumeration, &meta), Value::enumeration(1));
    EXPECT_FALSE(convert(Value::of(std::string_view("5")), ScalarType::enumeration, &meta));
}

TEST(Convert, ToAScalarTakesTheFirstElement)
{
    const std::array<double, 2> numbers = {1.5, 2};
    const Value array = Value::array_of(std::span<const double>(numbers));
    EXPECT_EQ(convert_to_scalar(array, ScalarType::int32, nullptr), Value::of(1));
    EXPECT_EQ(to_double(array), 1.5);
    const std::array<std::string, 1> texts = {"7"};
    EXPECT_EQ(to_double(Value::string_array(texts)), 7);
    EXPECT_EQ(to_double(Value::enumeration(3)), 3);
    const Value empty = Value::array_of(std::span<const double>{});
    EXPECT_EQ(convert_to_scalar(empty, ScalarType::int32, nullptr).error().outcome, Outcome::bad_count);
    EXPECT_FALSE(to_double(Value{}));
}

TEST(Convert, WhatHasNoScalarsIsRefused)
{
    EXPECT_EQ(convert(Value{}, ScalarType::float64, nullptr).error().outcome, Outcome::no_conversion);
    EXPECT_EQ(convert(Value::of(1.0), ScalarType::structure, nullptr).error().outcome, Outcome::no_conversion);
}

TEST(Characters, AreTextUpToTheNul)
{
    const Value characters = characters_of_text("abc");
    EXPECT_EQ(characters.count(), 4u);
    EXPECT_EQ(text_of_characters(characters), "abc");
    const std::array<std::int8_t, 2> bare = {'x', 'y'};
    EXPECT_EQ(text_of_characters(Value::array_of(std::span<const std::int8_t>(bare))), "xy");
    EXPECT_EQ(text_of_characters(characters_of_text("")), "");
}

} // namespace
} // namespace iochron::pv
