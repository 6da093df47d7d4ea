#include "db/device.h"
#include "db/group/rig.h"

using namespace iochron;
using namespace iochron::db;
using group::GroupRig;

namespace {

constexpr std::string_view three = R"(
record(ao, "A") { info(Q:group, {"g":{"a":{+type:"plain", +channel:"VAL", +putorder:2}}}) }
record(ao, "B") { info(Q:group, {"g":{"b":{+channel:"VAL", +putorder:1}, "c":{+type:"plain", +channel:"DESC"}}}) }
record(calc, "SAVE") { field(INPA, "A") field(INPB, "B") field(INPC, "SAVE") field(CALC, "C*10000+A*100+B")
    info(Q:group, {"g":{"save":{+type:"proc", +channel:"PROC", +putorder:3},
                        "sum":{+type:"plain", +channel:"VAL", +trigger:"*"}}}) }
record(mbbo, "M") { field(ZRST, "zero") field(ONST, "one")
    info(Q:group, {"h":{"m":{+type:"any", +channel:"VAL", +putorder:1}}}) }
)";

pv::Value number(double value)
{
    return pv::Value::of(value);
}

TEST(GroupPut, WritesInOrderAndProcesses)
{
    GroupRig rig(three);
    ASSERT_TRUE(rig.report.errors.empty()) << rig.report.errors[0];
    const auto g = rig.open_group("g");
    rig.monitor("g", 5);
    rig.told();
    rig.notes.events.clear();
    EXPECT_TRUE(rig.put(g, {{"a", number(12)}, {"b.value", number(34)}}).ok());
    EXPECT_EQ(rig.number("SAVE"), 1234) << "processed once, when both were written";
    EXPECT_EQ(rig.notes.events, (std::vector<std::string>{"update 5", "settled", "completed 3"}));
    EXPECT_EQ(rig.told(), (std::vector<std::string>{R"({"c":"","sum":1234,"b":{"value":34},"a":12})"}));
}

TEST(GroupPut, ProcessingMayBeLeftOut)
{
    GroupRig rig(three);
    const auto g = rig.open_group("g");
    EXPECT_TRUE(rig.put(g, {{"a", number(12)}}, pv::Processing::no).ok());
    EXPECT_EQ(rig.number("A"), 12);
    EXPECT_EQ(rig.number("SAVE"), 0);
    EXPECT_TRUE(rig.put(g, {}, pv::Processing::yes).ok()) << "what has nothing to write processes";
    EXPECT_EQ(rig.number("SAVE"), 1200);
}

TEST(GroupPut, IsNeverHalfApplied)
{
    GroupRig rig(three);
    const auto g = rig.open_group("g");
    rig.Rig::put("A.DISP", 1); // of the part that would be written last
    const pv::Status refused = rig.put(g, {{"a", number(1)}, {"b.value", number(2)}});
    EXPECT_EQ(refused.outcome, pv::Outcome::put_failed);
    EXPECT_EQ(refused.text, "a: A does not accept puts (DISP is 1)");
    EXPECT_EQ(rig.number("B"), 0);
    EXPECT_EQ(rig.number("SAVE"), 0);
    EXPECT_TRUE(rig.put(g, {{"b.value", number(2)}}).ok()) << "A is not meant";
    EXPECT_EQ(rig.number("B"), 2);
}

TEST(GroupPut, EveryPartIsCheckedFirst)
{
    GroupRig rig(R"(
record(ao, "A") { info(Q:group, {"g":{"a":{+type:"plain", +channel:"VAL", +putorder:0}}}) }
record(calc, "C") { field(CALC, "A+1") field(INPA, "A NPP")
    info(Q:group, {"g":{"calc":{+type:"any", +channel:"CALC", +putorder:1}, "link":{+type:"any", +channel:"INPA", +putorder:2},
                        "name":{+type:"any", +channel:"NAME", +putorder:3}, "number":{+type:"any", +channel:"PREC", +putorder:4},
                        "menu":{+type:"any", +channel:"SCAN", +putorder:5}, "linr":{+type:"any", +channel:"MDEL", +putorder:6}}}) }
record(ai, "I") { info(Q:group, {"g":{"breaks":{+type:"any", +channel:"LINR", +putorder:7}}}) }
)");
    ASSERT_TRUE(rig.report.errors.empty()) << rig.report.errors[0];
    const auto g = rig.open_group("g");
    const auto any = [](pv::Value value) { return pv::Value::of(pv::Any{pv::type_of(value), value}); };
    const std::vector<std::pair<std::string, pv::Value>> wrong = {
        {"calc", pv::Value::of(std::string_view("A+"))},    {"link", pv::Value::of(std::string_view("{pva:1}"))},
        {"name", pv::Value::of(std::string_view("other"))}, {"number", pv::Value::of(std::string_view("x"))},
        {"menu", pv::Value::of(std::uint16_t{99})},         {"breaks", pv::Value::of(std::uint16_t{3})}};
    for (const auto& [field, value] : wrong) {
        EXPECT_FALSE(rig.put(g, {{"a", number(5)}, {field, any(value)}}).ok()) << field;
        EXPECT_EQ(rig.number("A"), 0) << field;
    }
    EXPECT_EQ(rig.text("C.CALC"), "A+1");
    EXPECT_EQ(rig.text("C.INPA"), "A NPP NMS");
    EXPECT_EQ(rig.text("I.LINR"), "NO CONVERSION");
    EXPECT_TRUE(rig.put(g, {{"a", number(5)}, {"calc", any(pv::Value::of(std::string_view("A+2")))}}).ok());
    EXPECT_EQ(rig.text("C.CALC"), "A+2");
    EXPECT_EQ(rig.number("C"), 7);
}

TEST(GroupPut, WhatHasNoOrderIsNotWritten)
{
    GroupRig rig(three);
    const auto g = rig.open_group("g");
    EXPECT_TRUE(rig.put(g, {{"a", number(1)}, {"c", pv::Value::of(std::string_view("no"))}}).ok());
    EXPECT_EQ(rig.text("B.DESC"), "");
    EXPECT_TRUE(rig.log.has("g: a put to c is not followed"));
    GroupRig read_only(R"(record(ao, "A") { info(Q:group, {"g":{"a":{+type:"plain", +channel:"VAL"}}}) })");
    const pv::Status refused = read_only.put(read_only.open_group("g"), {{"a", number(1)}});
    EXPECT_EQ(refused.text, "no field of g that was put can be written: give it a +putorder");
}

TEST(GroupPut, AVariantTakesAnyValueThatTheFieldTakes)
{
    GroupRig rig(three);
    const auto h = rig.open_group("h");
    const pv::Value text = pv::Value::of(std::string_view("one"));
    EXPECT_TRUE(rig.put(h, {{"m", pv::Value::of(pv::Any{pv::type_of(text), text})}}).ok());
    EXPECT_EQ(rig.number("M"), 1);
}

TEST(GroupPut, AnElementOfAnArrayIsWritten)
{
    GroupRig rig(R"(
record(longout, "S0") { info(Q:group, {"g":{"d[0].size":{+type:"plain", +channel:"VAL", +putorder:0}}}) }
record(longout, "S1") { info(Q:group, {"g":{"d[1].size":{+type:"plain", +channel:"VAL", +putorder:0}}}) }
)");
    const auto g = rig.open_group("g");
    const pv::TypeRef element = rig.groups.describe(g)->structure->members()[1].type->element();
    pv::Structure first(element);
    first.set("size", 640);
    EXPECT_TRUE(rig.put(g, {{"d", pv::Value::compounds({pv::Value::of(first)})}}).ok());
    EXPECT_EQ(rig.number("S0"), 640);
    EXPECT_EQ(rig.number("S1"), 0);
}

/// Output of records that a test ends.
struct Slow : GroupRig {
    using GroupRig::GroupRig;
    void hold(std::string_view name)
    {
        database.on_output(id(name), [](RecordId, const pv::Value&) {});
    }
};

TEST(GroupPut, WithBlockItEndsWhenAllIsDone)
{
    Slow rig(three);
    const auto g = rig.open_group("g");
    rig.hold("A");
    rig.hold("B");
    EXPECT_EQ(rig.put(g, {{"a", number(1)}, {"b.value", number(2)}}, pv::Processing::passive, true).text, "not ended");
    rig.database.complete(rig.id("A"));
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.database.complete(rig.id("B"));
    ASSERT_EQ(rig.notes.ended.size(), 1U);
    EXPECT_TRUE(rig.notes.ended[0].second.ok());
}

TEST(GroupPut, ABusyRecordTakesItsValueNowAndProcessesLater)
{
    Slow rig(three);
    const auto g = rig.open_group("g");
    rig.hold("A");
    rig.Rig::put("A", 1);
    EXPECT_EQ(rig.put(g, {{"a", number(7)}}, pv::Processing::passive, true).text, "not ended");
    EXPECT_EQ(rig.number("A"), 7);
    rig.database.complete(rig.id("A")); // of the first put
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.database.complete(rig.id("A")); // of the group's
    EXPECT_EQ(rig.notes.ended.size(), 1U);
}

TEST(GroupPut, ACancelledPutIsNotAnswered)
{
    Slow rig(three);
    const auto g = rig.open_group("g");
    rig.hold("A");
    (void)rig.put(g, {{"a", number(7)}}, pv::Processing::passive, true);
    rig.groups.cancel(g, pv::Token{3}, rig.notes);
    rig.database.complete(rig.id("A"));
    EXPECT_TRUE(rig.notes.ended.empty());
    (void)rig.put(g, {{"a", number(8)}}, pv::Processing::passive, true);
    rig.groups.close(g);
    rig.database.complete(rig.id("A"));
    EXPECT_TRUE(rig.notes.ended.empty());
}

TEST(GroupPut, AnotherTypeIsRefused)
{
    GroupRig rig(three);
    const auto g = rig.open_group("g");
    rig.groups.write({.channel = g, .token = pv::Token{3}, .value = number(1)}, rig.peer, rig.notes);
    EXPECT_EQ(rig.notes.ended.back().second.outcome, pv::Outcome::bad_type);
}

} // namespace
