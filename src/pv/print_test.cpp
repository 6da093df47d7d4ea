#include "pv/print.h"

#include "pv/normative.h"

#include <gtest/gtest.h>

#include <limits>

namespace iochron::pv {
namespace {

std::string fixed_time(base::Stamp stamp)
{
    return "T" + std::to_string(stamp.ns / 1'000'000);
}

const PrintStyle line{.form = PrintForm::normative, .time_text = fixed_time};
const PrintStyle raw{.form = PrintForm::raw, .time_text = fixed_time};

// The forms are those of pvget of EPICS 7.
TEST(Print, ANumberIsALineOfTimeValueAndAlarm)
{
    Structure number(nt_scalar(ScalarType::float64));
    (void)number.set("value", 1.23456789);
    (void)number.set("timeStamp.secondsPastEpoch", std::int64_t{1'700'000'000});
    EXPECT_EQ(to_text(number, line), "T1700000000000           1.23457 \n");
    (void)number.set("alarm.severity", 2);
    (void)number.set("alarm.status", 1);
    (void)number.set("alarm.message", "HIHI");
    (void)number.set("timeStamp.userTag", 7);
    EXPECT_EQ(to_text(number, line), "T1700000000000           7 1.23457 MAJOR DEVICE HIHI \n");
}

TEST(Print, AnArrayAndAnEnumerationHaveTheAlarmBeforeTheValue)
{
    Structure array(nt_scalar_array(ScalarType::int32));
    const std::vector<std::int32_t> numbers = {1, -2, 3};
    (void)array.set("value", Value::array_of<std::int32_t>(numbers));
    (void)array.set("alarm.severity", 1);
    EXPECT_EQ(to_text(array, line), "<undefined>              MINOR [1,-2,3]\n");
    Structure choice(nt_enum());
    const std::vector<std::string> names = {"Off", "On"};
    (void)choice.set("value.choices", Value::string_array(names));
    (void)choice.set("value.index", 1);
    EXPECT_EQ(to_text(choice, line), "<undefined>              (1) On\n");
    (void)choice.set("value.index", 5);
    EXPECT_EQ(to_text(choice, line), "<undefined>              (5) <undefined>\n");
}

TEST(Print, ATypeIsALineForEachField)
{
    const auto either = choice("", {{"i", scalar(ScalarType::int32)}, {"s", scalar(ScalarType::string)}});
    const TypeRef type = structure(
        "my:t",
        {{"u", either}, {"a", array(ScalarType::uint8)}, {"list", structure_array(time_type())}, {"any", any_array()}});
    EXPECT_EQ(type_text(*type, 1), "    my:t\n"
                                   "        union u\n"
                                   "            int i\n"
                                   "            string s\n"
                                   "        ubyte[] a\n"
                                   "        time_t[] list\n"
                                   "            time_t\n"
                                   "                long secondsPastEpoch\n"
                                   "                int nanoseconds\n"
                                   "                int userTag\n"
                                   "        any[] any\n"
                                   "            any\n");
}

TEST(Print, FieldsAreSetBoldWhereWanted)
{
    Structure number(structure("n", {{"a", scalar(ScalarType::int32)}, {"b", scalar(ScalarType::int32)}}));
    BitSet changed;
    changed.set(2);
    PrintStyle style = raw;
    style.bold = &changed;
    EXPECT_EQ(to_text(number, style), "n \n    int a 0\n\x1b[1m    int b 0\n\x1b[0m");
}

TEST(Print, ATableHasItsColumns)
{
    Structure table(nt_table({{"a", ScalarType::int32}, {"b", ScalarType::string}}));
    const std::vector<std::int32_t> numbers = {1, 200};
    const std::vector<std::string> texts = {"x", "say \"hi\""};
    const std::vector<std::string> labels = {"A", "Words"};
    (void)table.set("value.a", Value::array_of<std::int32_t>(numbers));
    (void)table.set("value.b", Value::string_array(texts));
    (void)table.set("labels", Value::string_array(labels));
    const std::string text = to_text(table, line);
    EXPECT_EQ(text.substr(text.find('\n')), "\n"
                                            "  A        Words\n"
                                            "  1            x\n"
                                            "200 \"say \"\"hi\"\"\"\n");
}

TEST(Print, RawIsALineForEachField)
{
    const auto either = choice("", {{"i", scalar(ScalarType::int32)}, {"s", scalar(ScalarType::string)}});
    Structure all(structure("my:t", {{"b", scalar(ScalarType::boolean)},
                                     {"s", scalar(ScalarType::string)},
                                     {"in", structure("", {{"u", either}, {"any", any_type()}})},
                                     {"alarm", alarm_type()},
                                     {"list", structure_array(structure("", {{"x", scalar(ScalarType::uint8)}}))}}));
    (void)all.set("b", true);
    (void)all.set("s", "two words\n");
    (void)all.set("in.u", Value::of(Choice{either, 1, Value::of("one")}));
    Structure element(all.type()->members()[4].type->element());
    (void)element.set("x", 9);
    (void)all.set("list", Value::compounds({Value::of(element), Value{}}));
    EXPECT_EQ(to_text(all, raw), "my:t \n"
                                 "    boolean b true\n"
                                 "    string s \"two words\\n\"\n"
                                 "    structure in\n"
                                 "        union u\n"
                                 "            string  one\n"
                                 "        any any\n"
                                 "            (none)\n"
                                 "    alarm_t alarm \n"
                                 "        int severity 0\n"
                                 "        int status 0\n"
                                 "        string message \n"
                                 "    structure[] list\n"
                                 "        structure \n"
                                 "            ubyte x 9\n"
                                 "        (none)\n");
    PrintStyle marked = raw;
    marked.marked_only = true;
    all.unmark_all();
    (void)all.set("alarm.status", 3);
    EXPECT_EQ(to_text(all, marked), "my:t \n    alarm_t alarm \n        int status 3\n");
}

TEST(Json, OfEveryForm)
{
    const auto either = choice("", {{"i", scalar(ScalarType::int32)}, {"s", scalar(ScalarType::string)}});
    Structure all(structure("", {{"d", scalar(ScalarType::float64)},
                                 {"t", scalar(ScalarType::string)},
                                 {"flags", array(ScalarType::boolean)},
                                 {"in", structure("", {{"u", either}, {"any", any_type()}})},
                                 {"big", scalar(ScalarType::uint64)}}));
    (void)all.set("d", 0.1);
    (void)all.set("t", "a\"\\\n\x01");
    (void)all.set("flags", Value::zeros(ScalarType::boolean, 2));
    (void)all.set("in.u", Value::of(Choice{either, 0, Value::of(std::int32_t{4})}));
    (void)all.set("big", std::uint64_t{18446744073709551615U});
    EXPECT_EQ(to_json(all), R"({"d":0.1,"t":"a\"\\\n\u0001","flags":[false,false],"in":{"u":4,"any":null},)"
                            R"("big":18446744073709551615})");
    all.unmark_all();
    (void)all.set("d", std::numeric_limits<double>::infinity());
    EXPECT_EQ(to_json(all, true), R"({"d":Infinity})");
}

} // namespace
} // namespace iochron::pv
