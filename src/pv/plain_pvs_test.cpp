#include "pv/plain_pvs.h"

#include "pv/keeping_sink.h"
#include "pv/normative.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace iochron::pv {
namespace {

class PlainPvsTest : public testing::Test {
  protected:
    std::shared_ptr<SharedPv> add(const std::string& name, const Structure& first)
    {
        auto pv = std::make_shared<SharedPv>();
        pvs.add(name, pv);
        EXPECT_TRUE(pv->open(first).ok());
        return pv;
    }
    ChannelId open(std::string_view name)
    {
        const OpenRequest request{name, Token{1}};
        plain.open({&request, 1}, {}, sink);
        return sink.opens.at(0).channel;
    }
    Status put(ChannelId channel, Value value)
    {
        plain.write({.channel = channel, .token = Token{3}, .value = std::move(value)}, {}, sink);
        return sink.ends.back().status;
    }
    bool has(std::string_view name)
    {
        Presence presence{};
        plain.find({&name, 1}, {&presence, 1});
        return presence == Presence::here;
    }
    static Structure ntenum()
    {
        Structure first(nt_enum());
        const std::array<std::string, 2> choices = {"Off", "On"};
        first.set("value.choices", Value::string_array(choices));
        return first;
    }

    KeepingSink sink;
    KeepingSink whole; ///< of channels that see the structure
    SharedPvs pvs;
    PlainPvs plain{pvs};
};

TEST_F(PlainPvsTest, OnlyPlainValuesAreThereAlsoAsVal)
{
    add("N", Structure(nt_scalar(ScalarType::int32)));
    add("T", Structure(nt_table({{"a", ScalarType::int32}})));
    EXPECT_TRUE(has("N"));
    EXPECT_TRUE(has("N.VAL"));
    EXPECT_FALSE(has("T"));
    EXPECT_FALSE(has("N.DESC"));
    open("T");
    EXPECT_EQ(sink.opens[0].status.outcome, Outcome::no_such_channel);
}

TEST_F(PlainPvsTest, ANumberWithAlarmTimeAndProperties)
{
    Structure first(nt_scalar(ScalarType::float64));
    first.set("value", 1.5);
    first.set("display.units", "mm");
    const auto pv = add("N", first);
    const ChannelId channel = open("N");
    EXPECT_EQ(sink.opens[0].meta->units, "mm");
    EXPECT_EQ(sink.opens[0].meta->type, ScalarType::float64);
    plain.subscribe({.channel = channel, .mask = Mask::value, .token = Token{2}}, sink);
    plain.subscribe({.channel = channel, .mask = Mask::alarm, .token = Token{3}}, sink);
    ASSERT_EQ(sink.got.size(), 2U);
    EXPECT_EQ(sink.got[0].sample.value.get<double>(), 1.5);
    sink.got.clear();
    ASSERT_TRUE(pv->post(Value::of(2.5), base::Stamp{1'700'000'000'000'000'007}).ok());
    ASSERT_EQ(sink.got.size(), 1U) << "no alarm";
    EXPECT_EQ(sink.got[0].sample.value.get<double>(), 2.5);
    EXPECT_EQ(sink.got[0].sample.time.ns, 1'700'000'000'000'000'007);
    Structure alarm(first.type());
    alarm.set("alarm.severity", 2);
    alarm.set("display.units", "m");
    ASSERT_TRUE(pv->post(alarm).ok());
    ASSERT_EQ(sink.got.size(), 3U);
    EXPECT_EQ(sink.got[2].token, Token{3});
    EXPECT_EQ(sink.got[2].sample.alarm.severity, Severity::major);
    EXPECT_TRUE(any(sink.got[2].sample.mask & Mask::property));
    ASSERT_EQ(sink.metas.size(), 1U);
    EXPECT_EQ(sink.metas[0]->units, "m");
    EXPECT_EQ(plain.describe(channel)->units, "m");
}

TEST_F(PlainPvsTest, WhatIsPutIsConvertedForBothKindsOfChannel)
{
    const auto number = add("N", Structure(nt_scalar(ScalarType::int32)));
    const auto choice = add("E", ntenum());
    const auto array = add("A", Structure(nt_scalar_array(ScalarType::int16)));
    const OpenRequest request{"N", Token{9}};
    pvs.open({&request, 1}, {}, whole);
    pvs.subscribe({.channel = whole.opens[0].channel, .token = Token{9}}, whole);

    const std::array<double, 3> numbers = {7, 8, 9};
    EXPECT_TRUE(put(open("N"), Value::of(std::string_view("12"))).ok());
    EXPECT_EQ(whole.got.back().sample.value.structure()->find("value")->get<std::int32_t>(), 12);
    EXPECT_TRUE(put(open("N"), Value::array_of<double>(numbers)).ok());
    EXPECT_EQ(number->value().find("value")->get<std::int32_t>(), 7);
    EXPECT_FALSE(put(open("N"), Value::of(std::string_view("text"))).ok());
    EXPECT_EQ(number->value().find("value")->get<std::int32_t>(), 7);

    EXPECT_TRUE(put(open("E"), Value::of(std::string_view("On"))).ok());
    EXPECT_EQ(choice->value().find("value.index")->get<std::int32_t>(), 1);
    EXPECT_TRUE(put(open("E"), Value::enumeration(0)).ok());
    EXPECT_EQ(choice->value().find("value.index")->get<std::int32_t>(), 0);
    EXPECT_FALSE(put(open("E"), Value::of(std::string_view("Maybe"))).ok());

    EXPECT_TRUE(put(open("A"), Value::of(5.0)).ok());
    EXPECT_EQ(array->value().find("value")->elements<std::int16_t>()[0], 5);
    EXPECT_TRUE(put(open("A"), Value::array_of<double>(numbers)).ok());
    EXPECT_EQ(array->value().find("value")->count(), 3U);
}

TEST_F(PlainPvsTest, AnArrayThatOutgrowsItsChannelsClosesThem)
{
    const std::array<double, 2> two = {1, 2};
    const std::array<double, 3> three = {1, 2, 3};
    Structure first(nt_scalar_array(ScalarType::float64));
    first.set("value", Value::array_of<double>(two));
    const auto pv = add("A", first);
    const ChannelId old = open("A");
    plain.subscribe({.channel = old, .token = Token{2}}, sink);
    ASSERT_TRUE(pv->post(Value::of(1.0)).ok());
    EXPECT_TRUE(sink.closes.empty()) << "a shorter one fits";
    EXPECT_EQ(plain.describe(old)->max_count, 2U);
    const std::size_t updates = sink.got.size();
    ASSERT_TRUE(pv->post(Value::array_of<double>(three)).ok());
    EXPECT_EQ(sink.got.size(), updates);
    pvs.settle();
    ASSERT_EQ(sink.closes.size(), 1U);
    plain.read({.channel = old, .token = Token{5}}, {}, sink);
    EXPECT_EQ(sink.ends.back().status.outcome, Outcome::disconnected);
    const ChannelId channel = open("A");
    EXPECT_EQ(sink.opens[0].meta->max_count, 3U);
    plain.read({.channel = channel, .token = Token{6}}, {}, sink);
    EXPECT_EQ(sink.ends.back().value.count(), 3U);
    const std::array<double, 4> four = {1, 2, 3, 4};
    EXPECT_TRUE(put(channel, Value::array_of<double>(four)).ok()) << "it ends well, then the channel is closed";
    pvs.settle();
    EXPECT_EQ(sink.closes.size(), 2U);
    plain.close(old);
}

TEST_F(PlainPvsTest, APostThatOthersKeepDoesNotChangeForThem)
{
    const auto pv = add("N", Structure(nt_scalar(ScalarType::int32)));
    const OpenRequest request{"N", Token{9}};
    pvs.open({&request, 1}, {}, sink);
    pvs.subscribe({.channel = sink.opens[0].channel, .token = Token{9}}, sink);
    ASSERT_TRUE(pv->post(Value::of(1)).ok());
    ASSERT_TRUE(pv->post(Value::of(2)).ok());
    ASSERT_EQ(sink.got.size(), 3U);
    EXPECT_EQ(sink.got[1].sample.value.structure()->find("value")->get<std::int32_t>(), 1);
    EXPECT_EQ(sink.got[2].sample.value.structure()->find("value")->get<std::int32_t>(), 2);
}

} // namespace
} // namespace iochron::pv
