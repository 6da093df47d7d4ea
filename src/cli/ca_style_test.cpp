#include "cli/ca_style.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

namespace iochron::cli {
namespace {

using pv::Value;

TEST(CaStyle, NumbersAsTheOptionsSay)
{
    CaStyle style;
    EXPECT_EQ(element_text(Value::of(3.14159265), 0, style), "3.14159");
    EXPECT_EQ(element_text(Value::of(1e20), 0, style), "1e+20");
    style.float_form = 'f';
    style.digits = 2;
    EXPECT_EQ(element_text(Value::of(3.14159265), 0, style), "3.14");
    style.float_form = 'e';
    EXPECT_EQ(element_text(Value::of(1234.5f), 0, style), "1.23e+03");
    style.rounded = CaStyle::Integer::hexadecimal;
    EXPECT_EQ(element_text(Value::of(254.6), 0, style), "0xFF");
    EXPECT_EQ(element_text(Value::of(std::int32_t{255}), 0, style), "255") << "-l is for floats";
    style.integers = CaStyle::Integer::octal;
    EXPECT_EQ(element_text(Value::of(std::int32_t{8}), 0, style), "0o10");
    style.integers = CaStyle::Integer::binary;
    EXPECT_EQ(element_text(Value::of(std::int16_t{5}), 0, style), "101");
    EXPECT_EQ(element_text(Value::of(std::int16_t{0}), 0, style), "0");
    style.integers = CaStyle::Integer::hexadecimal;
    EXPECT_EQ(element_text(Value::of(std::int32_t{-1}), 0, style), "0xFFFFFFFF");
}

TEST(CaStyle, ArraysHaveTheirCountInFront)
{
    const std::array<double, 3> numbers = {1, 2.5, 3};
    const Value array = Value::array_of<double>(numbers);
    CaStyle style;
    EXPECT_EQ(value_text(array, style, false), "3 1 2.5 3");
    style.separator = ';';
    EXPECT_EQ(value_text(array, style, false), "3;1;2.5;3");
    EXPECT_EQ(value_text(Value::of(1.0), style, true), "1;1") << "asked for with -#";
    EXPECT_EQ(name_text("A", 3, style), "A;");
    style.separator = ' ';
    EXPECT_EQ(name_text("A", 1, style), "A" + std::string(30, ' '));
}

TEST(CaStyle, CharactersAsText)
{
    const std::array<std::int8_t, 6> letters = {'h', 'i', '\n', 0, 'x', 'y'};
    const Value array = Value::array_of<std::int8_t>(letters);
    CaStyle style;
    EXPECT_EQ(value_text(array, style, false), "6 104 105 10 0 120 121");
    style.chars_as_text = true;
    EXPECT_EQ(value_text(array, style, false), "hi\\n");
}

TEST(CaStyle, ChoicesByIndex)
{
    pv::Meta meta;
    meta.choices = {"Off", "On"};
    CaStyle style;
    EXPECT_EQ(element_text(Value::enumeration(1), 0, style, &meta), "On");
    EXPECT_EQ(element_text(Value::enumeration(2), 0, style, &meta), "Enum Index Overflow (2)");
    EXPECT_EQ(element_text(Value::enumeration(16), 0, style, &meta), "Illegal Value (16)");
    EXPECT_EQ(element_text(Value::enumeration(1), 0, style), "1") << "a type without choices";
    style.enums_as_numbers = true;
    EXPECT_EQ(element_text(Value::enumeration(1), 0, style, &meta), "1");
}

TEST(CaStyle, EscapesOfAPut)
{
    EXPECT_EQ(unescaped("tab\\tnew\\n"), "tab\tnew\n");
    EXPECT_EQ(unescaped("\\x41\\x4b\\q\\\\"), "AKq\\");
    EXPECT_EQ(unescaped("a\\101"), "a101") << "EPICS Base knows no octal but \\0";
    EXPECT_EQ(unescaped("\\x"), "x");
    EXPECT_EQ(unescaped("ends in \\"), "ends in \\");
    EXPECT_EQ(unescaped("a\\0b"), std::string("a\0b", 3));
}

TEST(CaStyle, TimesAndAlarms)
{
    setenv("TZ", "UTC", 1);
    tzset();
    EXPECT_EQ(stamp_text({1'700'000'000'123'456'789}), "2023-11-14 22:13:20.123456");
    EXPECT_EQ(stamp_text(base::undefined_stamp), "<undefined>");
    EXPECT_EQ(alarm_text({}, {}), "  ");
    EXPECT_EQ(alarm_text({pv::Severity::major, pv::AlarmStatus::hihi}, {}), " HIHI MAJOR");
}

TEST(CaStyle, LimitsOfAControlType)
{
    pv::Meta meta;
    meta.units = "mm";
    meta.precision = 3;
    meta.control = {-1, 5};
    pv::Sample sample;
    sample.meta = &meta;
    const std::string text = extra_text(sample, wire::ca::Dbr::ctrl_double);
    EXPECT_NE(text.find("    Units:            mm\n"), std::string::npos) << text;
    EXPECT_NE(text.find("    Hi alarm limit:   nan\n"), std::string::npos) << text;
    EXPECT_NE(text.find("    Lo ctrl limit:    -1\n"), std::string::npos) << text;
    EXPECT_EQ(extra_text(sample, wire::ca::Dbr::double_), "");
}

} // namespace
} // namespace iochron::cli
