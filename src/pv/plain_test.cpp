#include "pv/plain.h"

#include "pv/normative.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace iochron::pv {
namespace {

TEST(Plain, ASampleAndItsMetaComeBackFromTheNormativeType)
{
    Meta meta;
    meta.type = ScalarType::float64;
    meta.precision = 3;
    meta.units = "mm";
    meta.description = "a position";
    meta.display = {-10, 10};
    meta.control = {-5, 5};
    meta.hihi = 9;
    Sample sample;
    sample.value = Value::of(1.5);
    sample.alarm = {Severity::major, AlarmStatus::hihi};
    sample.time = {1'700'000'000'123'456'789};
    sample.user_tag = 4'000'000'000U;
    sample.meta = &meta;
    const Structure structure = to_structure(normative_type(meta), sample, meta, Parts::all);

    const auto plain = plain_of(structure);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->value, sample.value);
    EXPECT_EQ(plain->alarm, sample.alarm) << "by the name of the status in the message";
    EXPECT_EQ(plain->message, "HIHI");
    EXPECT_EQ(plain->time, sample.time);
    EXPECT_EQ(plain->user_tag, sample.user_tag);
    const auto back = plain_meta_of(structure);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->type, ScalarType::float64);
    EXPECT_EQ(back->precision, 3);
    EXPECT_EQ(back->units, "mm");
    EXPECT_EQ(back->description, "a position");
    EXPECT_EQ(back->display, meta.display);
    EXPECT_EQ(back->control, meta.control);
    EXPECT_EQ(back->hihi, 9);
    EXPECT_TRUE(std::isnan(back->lolo));
    EXPECT_EQ(plain->sample(*back).message, &plain->message);
}

TEST(Plain, MembersAreFoundByNameInAnyOrder)
{
    const auto type = structure("", {{"timeStamp", structure("", {{"nanoseconds", scalar(ScalarType::int32)},
                                                                  {"secondsPastEpoch", scalar(ScalarType::int64)}})},
                                     {"value", array(ScalarType::int16)}});
    Structure structure(type);
    const std::vector<std::int16_t> numbers = {1, 2, 3};
    ASSERT_TRUE(structure.set("value", Value::array_of<std::int16_t>(numbers)).ok());
    ASSERT_TRUE(structure.set("timeStamp.secondsPastEpoch", std::int64_t{1'700'000'000}).ok());
    ASSERT_TRUE(structure.set("timeStamp.nanoseconds", -5).ok());
    const auto plain = plain_of(structure);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->time.ns, 1'700'000'000'000'000'000) << "nanoseconds that are none are none";
    EXPECT_EQ(plain->alarm, Alarm{});
    const auto meta = plain_meta_of(structure);
    EXPECT_TRUE(meta->is_array);
    EXPECT_EQ(meta->max_count, 3u);
    EXPECT_EQ(meta->display, Range{});
}

TEST(Plain, AnEnumIsAnEnumerationWithChoices)
{
    Structure choice(nt_enum());
    const std::vector<std::string> names = {"Off", "On"};
    ASSERT_TRUE(choice.set("value.choices", Value::string_array(names)).ok());
    ASSERT_TRUE(choice.set("value.index", 1).ok());
    EXPECT_EQ(plain_of(choice)->value, Value::enumeration(1));
    EXPECT_EQ(plain_meta_of(choice)->choices, names);
    EXPECT_EQ(plain_meta_of(choice)->type, ScalarType::enumeration);
}

TEST(Plain, NothingOfWhatChannelAccessCannotCarry)
{
    EXPECT_FALSE(plain_of(Structure(nt_table({{"a", ScalarType::float64}}))));
    EXPECT_FALSE(plain_meta_of(Structure(nt_ndarray())));
    EXPECT_FALSE(plain_of(Structure(structure("", {{"other", scalar(ScalarType::int32)}}))));
    EXPECT_FALSE(plain_of(Structure(nt_union(any_type()))));
}

TEST(Plain, AnAlarmHasTheStatusOfItsMessageOrItsKind)
{
    EXPECT_EQ(alarm_status_of(0, 2, "HIHI"), AlarmStatus::no_alarm);
    EXPECT_EQ(alarm_status_of(1, 1, "LOW"), AlarmStatus::low);
    EXPECT_EQ(alarm_status_of(2, 2, "no answer"), AlarmStatus::comm);
    EXPECT_EQ(alarm_status_of(2, 99, ""), AlarmStatus::soft);
    Structure number(nt_scalar(ScalarType::int32));
    ASSERT_TRUE(number.set("alarm.severity", 4).ok());
    EXPECT_EQ(plain_of(number)->alarm.severity, Severity::invalid) << "UNDEFINED, which CA has not";
}

} // namespace
} // namespace iochron::pv
