#include "db/group/rig.h"

#include <random>

using namespace iochron;
using namespace iochron::db;
using group::GroupRig;

namespace {

/// A group of two records in one chain, the second of which tells.
constexpr std::string_view chain = R"(
record(ao, "A") { field(FLNK, "B") info(Q:group, {"g":{"a":{+type:"plain", +channel:"VAL", +putorder:1}}}) }
record(calc, "B") { field(INPA, "A") field(CALC, "A*2")
    info(Q:group, {"g":{"b":{+type:"plain", +channel:"VAL", +trigger:"*"}, "":{+type:"meta", +channel:"VAL"}}}) }
)";

TEST(Groups, AGetShowsAllRecords)
{
    GroupRig rig(R"(
record(waveform, "L") { field(FTVL, "STRING") field(NELM, "2") field(INP, {const:["x","y"]}) field(PINI, "YES")
    info(Q:group, {"T":{+id:"epics:nt/NTTable:1.0", "labels":{+type:"plain", +channel:"VAL"}}}) }
record(waveform, "X") { field(FTVL, "DOUBLE") field(NELM, "4")
    info(Q:group, {"T":{"value.x":{+type:"plain", +channel:"VAL", +putorder:0}, "":{+type:"meta", +channel:"VAL"}}}) }
record(mbbi, "M") { field(ZRST, "zero") field(ONST, "one") field(VAL, "1") field(PINI, "YES")
    info(Q:group, {"T":{"as.scalar":{+channel:"VAL"}, "as.any":{+type:"any", +channel:"VAL"},
                        "el[1].v":{+type:"plain", +channel:"VAL"}, "c":{+type:"const", +const:7}}}) }
)");
    ASSERT_TRUE(rig.report.errors.empty()) << rig.report.errors[0];
    const pv::Structure& value = rig.get("T");
    EXPECT_EQ(value.type()->id(), "epics:nt/NTTable:1.0");
    EXPECT_EQ(pv::to_json(*value.find("labels")), R"(["x","y"])");
    EXPECT_EQ(value.find("alarm.severity")->get<std::int32_t>(), 3);
    EXPECT_EQ(value.find("as.scalar.value.index")->get<std::int32_t>(), 1);
    EXPECT_EQ(pv::to_json(*value.find("as.scalar.value.choices")), R"(["zero","one"])");
    EXPECT_EQ(pv::to_json(*value.find("as.any")), "1");
    EXPECT_EQ(pv::to_json(*value.find("el")), R"([null,{"v":1}])");
    EXPECT_EQ(pv::to_json(*value.find("c")), "7");
    EXPECT_TRUE(value.find("record._options.atomic")->get<bool>());
    std::vector<std::string> members; // by +putorder, then by name, those of one name at the first's place
    for (const pv::Member& member : value.type()->members()) {
        members.push_back(member.name);
    }
    EXPECT_EQ(members, (std::vector<std::string>{"record", "alarm", "timeStamp", "as", "c", "el", "labels", "value"}));
}

TEST(Groups, NamesAreFoundAndOpened)
{
    GroupRig rig(chain);
    const std::vector<std::string_view> names = {"g", "A", "nothing"};
    std::vector<pv::Presence> found(3);
    rig.groups.find(names, found);
    EXPECT_EQ(found, (std::vector{pv::Presence::here, pv::Presence::absent, pv::Presence::absent}));
    rig.open_group("nothing");
    EXPECT_EQ(rig.notes.answered.back().status.outcome, pv::Outcome::no_such_channel);
    EXPECT_EQ(rig.groups.text(2, "g*"), "g\n  3 fields, 0 monitors\n  / <meta> B.VAL\n  b <plain> B.VAL, triggers\n"
                                        "  a <plain> A.VAL, can be put\n");
    EXPECT_EQ(rig.groups.text(0, "?x"), "");
}

TEST(Groups, WhatOneChainTriggersIsOneUpdate)
{
    GroupRig rig(chain);
    rig.monitor("g", 5);
    EXPECT_EQ(rig.told(), (std::vector<std::string>{"first"}));
    rig.notes.events.clear();
    rig.Rig::put("A", 21);
    EXPECT_EQ(rig.told(), (std::vector<std::string>{R"({"b":42,"a":21})"}));
    EXPECT_EQ(rig.notes.events, (std::vector<std::string>{"update 5", "settled"}));
}

TEST(Groups, EachValueOfATriggeringFieldIsTold)
{
    GroupRig rig(chain);
    rig.monitor("g", 5);
    rig.told();
    const db::RecordId a = rig.id("A");
    rig.database.together([&] { // as user code sets values in a batch
        for (const double value : {1, 2, 3}) {
            rig.database.put(a, "VAL", pv::Value::of(value));
        }
    });
    EXPECT_EQ(rig.told(), (std::vector<std::string>{R"({"b":2,"a":1})", R"({"b":4,"a":2})", R"({"b":6,"a":3})"}));
}

TEST(Groups, InRandomWorkNothingIsLostAndNothingTorn)
{
    GroupRig rig(R"(
record(ao, "A") { field(FLNK, "B") info(Q:group, {"g":{"a":{+type:"plain", +channel:"VAL"}}}) }
record(calc, "B") { field(INPA, "A") field(CALC, "A*2") field(FLNK, "C")
    info(Q:group, {"g":{"b":{+type:"plain", +channel:"VAL", +trigger:"a,b"}}}) }
record(calc, "C") { field(INPA, "B") field(CALC, "A*2")
    info(Q:group, {"g":{"c":{+type:"plain", +channel:"VAL", +trigger:"*"}}}) }
record(ao, "LONE") { info(Q:group, {"g":{"lone":{+type:"plain", +channel:"VAL", +trigger:"lone"}}}) }
)");
    rig.monitor("g", 5);
    rig.notes.noted.clear();
    std::mt19937 random(20261124);
    std::vector<double> put;
    std::vector<double> lone;
    for (int round = 0; round < 200; ++round) {
        rig.database.together([&] {
            for (auto n = random() % 5; n-- > 0;) {
                const bool chained = random() % 3 != 0;
                std::vector<double>& to = chained ? put : lone;
                to.push_back(static_cast<double>(round * 10 + static_cast<int>(n) + 1));
                rig.database.put(rig.id(chained ? "A" : "LONE"), "VAL", pv::Value::of(to.back()));
            }
        });
    }
    std::vector<double> told;
    std::vector<double> told_lone;
    for (const Notes::Noted& noted : rig.notes.noted) {
        const pv::Structure& update = *noted.value.structure();
        const auto number = [&](const char* path) { return update.find(path)->as_double(); };
        if (update.is_marked(*update.type()->find("c"))) {
            told.push_back(number("a"));
            EXPECT_EQ(number("b"), 2 * number("a"));
            EXPECT_EQ(number("c"), 4 * number("a"));
        }
        if (update.is_marked(*update.type()->find("lone")) &&
            (told_lone.empty() || told_lone.back() != number("lone"))) {
            told_lone.push_back(number("lone")); // the star of c brings it once more
        }
    }
    EXPECT_EQ(told, put);
    EXPECT_EQ(told_lone, lone);
}

TEST(Groups, WhatChangesWithoutAnEventIsToldWithTheTrigger)
{
    GroupRig rig(R"(
record(ao, "QUIET") { field(MDEL, "100") info(Q:group, {"g":{"q":{+type:"plain", +channel:"VAL"}}}) }
record(ao, "LOUD") { info(Q:group, {"g":{"l":{+type:"plain", +channel:"VAL", +trigger:"q, l"}}}) }
)");
    rig.Rig::put("QUIET", 1);
    rig.monitor("g", 5);
    rig.told();
    rig.Rig::put("QUIET", 2);
    EXPECT_TRUE(rig.told().empty());
    rig.Rig::put("LOUD", 1);
    EXPECT_EQ(rig.told(), (std::vector<std::string>{R"({"l":1,"q":2})"}));
}

TEST(Groups, WithoutAnyTriggerEachFieldTellsOfItself)
{
    GroupRig rig(R"(
record(ao, "A") { info(Q:group, {"g":{"a":{+type:"plain", +channel:"VAL"}}}) }
record(ao, "B") { info(Q:group, {"g":{"b":{+type:"plain", +channel:"VAL"}}}) }
)");
    const auto subscription = rig.monitor("g", 5);
    rig.told();
    rig.Rig::put("B", 3);
    EXPECT_EQ(rig.told(), (std::vector<std::string>{R"({"b":3})"}));
    rig.groups.unsubscribe(subscription);
    rig.Rig::put("B", 4);
    EXPECT_TRUE(rig.told().empty());
}

TEST(Groups, PropertiesAreToldOfScalars)
{
    GroupRig rig(R"(
record(ao, "A") { info(Q:group, {"g":{"a":{+channel:"VAL", +trigger:"a"}, "p":{+type:"plain", +channel:"VAL"}}}) }
)");
    rig.monitor("g", 5);
    rig.told();
    rig.Rig::put("A.EGU", "mm");
    const auto told = rig.told();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find(R"("units":"mm")"), std::string::npos) << told[0];
    EXPECT_EQ(told[0].find(R"("value":)"), std::string::npos) << told[0];
}

TEST(Groups, SeveralMonitorsShareOneSubscriptionOfEachRecord)
{
    GroupRig rig(chain);
    const auto one = rig.monitor("g", 5);
    rig.monitor("g", 6);
    rig.told();
    rig.Rig::put("A", 1);
    EXPECT_EQ(rig.told().size(), 2U);
    rig.groups.unsubscribe(one);
    rig.Rig::put("A", 2);
    EXPECT_EQ(rig.told().size(), 1U);
}

TEST(Groups, ErrorsNameFileLineAndColumn)
{
    GroupRig rig(R"(record(ao, "A") {
    info(Q:group, {
        "g": {"a": {+channel:"NONE"}},
        "h": {"b": {+typ:"plain",
                    +channel:"VAL", +putorder:"x"}},
        "A": {"a": {+channel:"VAL"}},
        "i": {"a": {}, "c": {+type:"const"}},
        "j": {"a": {+channel:"VAL"}, "a.value": {+channel:"VAL", +type:"plain", +trigger:"nix"}},
        "k": {"a": {+channel:"VAL", +trigger:"nix"}}
    })
})",
                 {{"more.json", "{\"l\": {\n  \"\": {\"+channel\": \"A\"}}}"}});
    const std::vector<std::string> errors = {
        "test.db:5:47: group \"h\", field \"b\": +putorder is an integer, not a text",
        "test.db:6:9: group \"A\": a record has this name; give the group another",
        "test.db:3:15: group \"g\", field \"a\": there is no 'A.NONE'",
        "test.db:7:15: group \"i\", field \"a\": +type \"scalar\" needs a +channel",
        "test.db:7:24: group \"i\", field \"c\": +type \"const\" needs a +const",
        "test.db:8:38: group \"j\", field \"a.value\": \"value\" is there already, as double",
        "more.json:2:3: group \"l\", field \"\": only +type \"meta\" goes without a name"};
    EXPECT_EQ(rig.report.errors, errors);
    EXPECT_EQ(
        rig.report.warnings,
        (std::vector<std::string>{"test.db:4:21: group \"h\", field \"b\": there is no key +typ (known are +type, "
                                  "+channel, +id, +trigger, +putorder, +const), so it is not followed; did you "
                                  "mean '+type'?",
                                  "test.db:9:15: group \"k\", field \"a\": +trigger names \"nix\", which is no field "
                                  "of the group, so it is not followed"}));
    EXPECT_EQ(rig.groups.names(), std::vector<std::string>{"k"});
}

TEST(Groups, HaveABoundedNumberOfFields)
{
    std::string text = "{\"g\":{";
    for (std::size_t i = 0; i <= group::most_fields; ++i) {
        text += fmt::format("\"f{}\":{{\"+type\":\"const\",\"+const\":1}},", i);
    }
    GroupRig rig("", {{"many.json", text + "}}"}});
    EXPECT_EQ(rig.report.errors,
              std::vector<std::string>{"many.json:1:2: group \"g\" has 4097 fields, at most 4096 are "
                                       "served; split it"});
}

} // namespace
