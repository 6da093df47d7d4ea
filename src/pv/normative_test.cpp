#include "pv/normative.h"

#include "pv/convert.h"

#include <gtest/gtest.h>

namespace iochron::pv {
namespace {

Meta meta_of(ScalarType type)
{
    Meta meta;
    meta.type = type;
    meta.precision = 3;
    meta.units = "mm";
    meta.description = "a position";
    meta.display = {-10, 10};
    meta.control = {-5, 5};
    meta.hihi = 9;
    return meta;
}

// The numbers of the fields are those that softIocPVX (PVXS 1.5) shows on the wire.
TEST(Normative, ANumberIsNumberedAsQsrvDoes)
{
    const Type& type = *nt_scalar(ScalarType::float64);
    EXPECT_EQ(type.fields().size(), 34u);
    EXPECT_EQ(type.find("alarm.message"), 5u);
    EXPECT_EQ(type.find("timeStamp.userTag"), 9u);
    EXPECT_EQ(type.find("display.form.choices"), 18u);
    EXPECT_EQ(type.find("control"), 19u);
    EXPECT_EQ(type.find("valueAlarm.active"), 24u);
    EXPECT_EQ(type.find("valueAlarm.hysteresis"), 33u);
    EXPECT_EQ(nt_enum()->find("timeStamp"), 8u);
    EXPECT_EQ(nt_enum()->find("display.description"), 13u);
    EXPECT_EQ(nt_scalar(ScalarType::string)->fields().size(), 13u);
}

TEST(Normative, AGetMarksWhatQsrvMarks)
{
    const Meta meta = meta_of(ScalarType::float64);
    Sample sample;
    sample.value = Value::of(1.5);
    sample.meta = &meta;
    const Structure all = to_structure(normative_type(meta), sample, meta, Parts::all);
    EXPECT_EQ(all.marked().word(0), 0x1e36fbbaU) << "04 ba fb 36 1e on the wire";
    EXPECT_EQ(all.find("value")->get<double>(), 1.5);
    EXPECT_EQ(all.find("display.units")->text(), "mm");
    EXPECT_EQ(all.find("valueAlarm.highAlarmLimit")->get<double>(), 9);
    EXPECT_EQ(all.find("timeStamp.secondsPastEpoch")->get<std::int64_t>(), 631'152'000);
    const Structure changing = to_structure(normative_type(meta), sample, meta, Parts::changing);
    EXPECT_EQ(changing.marked().word(0), 0x3baU);
}

TEST(Normative, AnAlarmHasTheWordsOfItsStatusOrItsOwn)
{
    Sample sample;
    EXPECT_EQ(normative_message(sample), "");
    sample.alarm = {Severity::major, AlarmStatus::hihi};
    EXPECT_EQ(normative_message(sample), "HIHI");
    const std::string own = "too hot";
    sample.message = &own;
    EXPECT_EQ(normative_message(sample), "too hot");
    EXPECT_EQ(normative_status(AlarmStatus::hihi), 1);
    EXPECT_EQ(normative_status(AlarmStatus::udf), 2);
}

TEST(Normative, AnEnumerationHasItsChoices)
{
    Meta meta = meta_of(ScalarType::enumeration);
    EXPECT_EQ(normative_type(meta), nt_enum()) << "without choices, too";
    meta.choices = {"Off", "On"};
    Sample sample;
    sample.value = Value::enumeration(1);
    sample.meta = &meta;
    const Structure all = to_structure(normative_type(meta), sample, meta, Parts::all);
    EXPECT_EQ(all.find("value.index")->get<std::int32_t>(), 1);
    EXPECT_EQ(all.find("value.choices")->text_at(1), "On");
    EXPECT_EQ(all.marked().word(0), 0x2eecU) << "02 ec 2e on the wire";
}

TEST(Normative, IntegersHaveIntegerLimitsAndZeroWhereNoneAreSet)
{
    const Meta meta = meta_of(ScalarType::int32);
    Sample sample;
    sample.value = Value::of(std::int32_t{7});
    sample.meta = &meta;
    const Structure all = to_structure(normative_type(meta), sample, meta, Parts::all);
    EXPECT_EQ(all.find("valueAlarm.highAlarmLimit")->get<std::int32_t>(), 9);
    EXPECT_EQ(all.find("valueAlarm.lowAlarmLimit")->get<std::int32_t>(), 0);
    EXPECT_FALSE(all.is_marked(*all.type()->find("display.precision")));
}

TEST(Normative, ArraysOfOneElementAreScalars)
{
    Meta meta = meta_of(ScalarType::float64);
    meta.is_array = true;
    const std::vector<double> numbers = {2.5};
    Sample sample;
    sample.value = Value::array_of<double>(numbers);
    sample.meta = &meta;
    EXPECT_EQ(to_structure(normative_type(meta), sample, meta, Parts::changing).find("value")->get<double>(), 2.5);
    meta.max_count = 2;
    EXPECT_EQ(normative_type(meta), nt_scalar_array(ScalarType::float64));
    meta.max_count = 0; // what a range leaves may be nothing
    EXPECT_EQ(normative_type(meta), nt_scalar_array(ScalarType::float64));
}

TEST(Normative, CharactersMayBeText)
{
    Meta meta = meta_of(ScalarType::int8);
    meta.is_array = true;
    meta.max_count = 20;
    EXPECT_EQ(normative_type(meta), nt_scalar_array(ScalarType::int8));
    meta.characters_are_text = true;
    EXPECT_EQ(normative_type(meta), nt_scalar(ScalarType::string));
    Sample sample;
    sample.meta = &meta;
    sample.value = characters_of_text("a text");
    Structure all = to_structure(normative_type(meta), sample, meta, Parts::all);
    EXPECT_EQ(all.find("value")->text(), "a text");
    EXPECT_EQ(text_of_characters(written_value(all, meta)), "a text");
    meta.max_count = 1;
    EXPECT_EQ(normative_type(meta), nt_scalar(ScalarType::int8)) << "one character is a number";
}

TEST(Normative, HintsAreShown)
{
    Meta meta = meta_of(ScalarType::float64);
    meta.form = DisplayForm::hex;
    meta.time_tag_bits = 8;
    meta.lacks_alarm_limits = true;
    Sample sample;
    sample.meta = &meta;
    sample.value = Value::of(1.0);
    sample.time = {5'000'000'000 + 0x1ff};
    const Structure all = to_structure(normative_type(meta), sample, meta, Parts::all);
    EXPECT_EQ(all.find("display.form.index")->get<std::int32_t>(), 4);
    EXPECT_EQ(all.find("display.form.choices")->text_at(4), "Hex");
    EXPECT_EQ(all.find("timeStamp.nanoseconds")->get<std::int32_t>(), 0x100);
    EXPECT_EQ(all.find("timeStamp.userTag")->get<std::int32_t>(), 0xff);
    EXPECT_EQ(all.find("valueAlarm.highAlarmLimit")->get<double>(), 0);
}

TEST(Normative, TheSeldomOnesHaveTheirMembers)
{
    EXPECT_EQ(nt_multi_channel(nullptr)->members()[0].type, any_array());
    const auto either = choice("", {{"d", scalar(ScalarType::float64)}});
    EXPECT_EQ(nt_multi_channel(either)->members()[0].type->element(), either);
    EXPECT_EQ(nt_multi_channel(either)->members().size(), 11u);
    EXPECT_EQ(nt_histogram(ScalarType::int64)->members()[1].type, array(ScalarType::int64));
    EXPECT_EQ(nt_aggregate()->find("lastTimeStamp"), 10u);
}

TEST(Normative, WhatAPutMeans)
{
    const Meta plain;
    Structure number(nt_scalar(ScalarType::float64));
    EXPECT_TRUE(written_value(number, plain).empty());
    ASSERT_TRUE(number.set("value", 2.0).ok());
    EXPECT_EQ(written_value(number, plain).get<double>(), 2);
    Structure choice(nt_enum());
    ASSERT_TRUE(choice.set("value.index", 1).ok());
    EXPECT_EQ(written_value(choice, plain).get<std::int32_t>(), 1);
}

} // namespace
} // namespace iochron::pv
