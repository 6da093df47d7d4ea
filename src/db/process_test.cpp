#include "db/rig.h"

using namespace std::chrono_literals;
using iochron::db::Rig;
using iochron::pv::Mask;
using iochron::pv::Outcome;

TEST(Process, FollowsForwardLinksToPassiveRecordsOnly)
{
    Rig rig;
    rig.record("calc", "A", {{"CALC", "VAL+1"}, {"FLNK", "B"}});
    rig.record("calc", "B", {{"CALC", "A*10"}, {"INPA", "A"}, {"FLNK", "C.PROC"}});
    rig.record("calc", "C", {{"CALC", "A*10"}, {"INPA", "B"}, {"FLNK", "D"}});
    rig.record("calc", "D", {{"CALC", "VAL+1"}, {"SCAN", "10 second"}});
    rig.start();
    rig.run();
    const double scanned = rig.number("D");
    rig.put("A.PROC", 1);
    EXPECT_EQ(rig.number("B"), 10);
    EXPECT_EQ(rig.number("C"), 100);
    EXPECT_EQ(rig.number("D"), scanned) << "it is scanned, so FLNK leaves it alone";
    EXPECT_EQ(rig.number("A.PACT"), 0);
    EXPECT_EQ(rig.number("C.PUTF"), 0);
}

TEST(Process, EndsALoopAtTheRecordThatIsActive)
{
    Rig rig;
    rig.record("calc", "A", {{"CALC", "VAL+1"}, {"FLNK", "B"}});
    rig.record("calc", "B", {{"CALC", "VAL+1"}, {"FLNK", "A"}});
    rig.start();
    rig.put("A.PROC", 1);
    EXPECT_EQ(rig.number("A"), 1);
    EXPECT_EQ(rig.number("B"), 1);
    rig.put("B.PROC", 1);
    EXPECT_EQ(rig.number("A"), 2);
    EXPECT_EQ(rig.number("B"), 2);
}

TEST(Process, PutsOffWhatIsNestedTooDeeply)
{
    Rig rig;
    constexpr int length = 2'000;
    for (int i = 0; i < length; ++i) {
        rig.record("calc", fmt::format("R{}", i), {{"CALC", "VAL+1"}, {"FLNK", fmt::format("R{}", i + 1)}});
    }
    rig.start();
    rig.put("R0.PROC", 1);
    rig.run();
    EXPECT_EQ(rig.number(fmt::format("R{}", length - 1)), 1);
}

TEST(Process, DoesNotProcessWhatIsDisabled)
{
    Rig rig;
    rig.record("calc", "SWITCH");
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"SDIS", "SWITCH"}, {"DISS", "MINOR"}});
    rig.start();
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 1);
    rig.put("SWITCH", 1);
    rig.subscribe("C", 1);
    rig.subscribe("C.SEVR", 2, Mask::value);
    rig.put("C.PROC", 1);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 1);
    EXPECT_EQ(rig.number("C.DISA"), 1);
    EXPECT_EQ(rig.text("C.STAT"), "DISABLE");
    EXPECT_EQ(rig.text("C.SEVR"), "MINOR");
    EXPECT_EQ(rig.values(1), (std::vector<double>{1, 1})) << "the first value, and once the alarm";
    EXPECT_EQ(rig.values(2), (std::vector<double>{0, 1}));
    rig.put("SWITCH", 0.0);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 2);
    EXPECT_EQ(rig.text("C.STAT"), "NO_ALARM");
}

TEST(Process, IsDisabledByDISAAlone)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    rig.put("C.DISA", 1);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 0);
    rig.put("C.DISV", 2);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 1);
}

TEST(Process, StampsStrictlyIncrease)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    rig.subscribe("C", 1);
    for (int i = 0; i < 3; ++i) {
        rig.put("C.PROC", 1); // the clock stands still
    }
    ASSERT_EQ(rig.notes.noted.size(), 4u);
    EXPECT_EQ(rig.notes.noted[0].time, iochron::base::undefined_stamp);
    EXPECT_EQ(rig.notes.noted[1].time, rig.clock.now());
    EXPECT_EQ(rig.notes.noted[2].time.ns, rig.clock.now().ns + 1);
    EXPECT_EQ(rig.notes.noted[3].time.ns, rig.clock.now().ns + 2);
}

TEST(Process, TakesTheTimeOfTheRecordThatTSELNames)
{
    Rig rig;
    rig.record("calc", "SRC", {{"CALC", "VAL+1"}});
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"TSEL", "SRC.TIME"}});
    rig.start();
    rig.put("SRC.PROC", 1);
    const auto then = rig.clock.now();
    rig.clock.advance(5s);
    rig.subscribe("C", 1);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.notes.noted.back().time, then);
    EXPECT_EQ(rig.text("C.TSEL"), "SRC.TIME NPP NMS");
}

TEST(Process, TakesTSEFromTheRecordThatTSELNames)
{
    Rig rig;
    rig.record("longin", "EVENT");
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"TSEL", "EVENT"}});
    rig.start();
    rig.put("C.PROC", 1);
    rig.subscribe("C", 1);
    const auto then = rig.clock.now();
    EXPECT_EQ(rig.notes.noted.back().time, then);
    rig.put("EVENT", 7);
    rig.clock.advance(5s);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C.TSE"), 7);
    EXPECT_EQ(rig.notes.noted.back().time, then) << "nobody provides the event, so the stamp stays";
    EXPECT_TRUE(rig.log.has("no provider of time event 7"));
    EXPECT_TRUE(rig.put("C.TSEL", "").ok());
    rig.put("C.TSE", -1);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.notes.noted.back().time, then) << "nor the best time";
    rig.put("C.TSE", 0.0);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.notes.noted.back().time, rig.clock.now());
}

TEST(Process, AnOutputHasItsNewStampBeforeItWrites)
{
    Rig rig;
    rig.record("ao", "AO", {{"OUT", "AI PP"}});
    rig.record("ai", "AI", {{"TSEL", "AO.TIME"}});
    rig.start();
    rig.clock.advance(5s);
    rig.subscribe("AI", 1);
    rig.put("AO", 3);
    EXPECT_EQ(rig.notes.noted.back().time, rig.clock.now());
}

TEST(Process, TracesWhatARecordWithTPROLeadsTo)
{
    Rig rig;
    rig.record("calc", "A", {{"FLNK", "B"}, {"TPRO", "1"}});
    rig.record("calc", "B", {{"FLNK", "A"}});
    rig.start();
    rig.peer.account = "me";
    rig.peer.host = "here";
    const auto channel = rig.open("A.PROC", rig.notes);
    rig.database.write({.channel = channel, .value = iochron::pv::Value::of(1.0)}, rig.peer, rig.notes);
    rig.put("B.PROC", 1);
    EXPECT_EQ(rig.log.lines,
              (std::vector<std::string>{"me@here: dbProcess of 'A'", "me@here: dbProcess of 'B'",
                                        "me@here: dbProcess of Active 'A' with RPRO=0", "IOC: dbProcess of 'A'",
                                        "IOC: dbProcess of Active 'B' with RPRO=0"}));
}

TEST(Process, ServesEventsByPRIO)
{
    Rig rig;
    const auto add = [&rig](std::string_view name, std::string_view prio, std::string_view phase) {
        rig.record("calc", name,
                   {{"CALC", "VAL+1"}, {"SCAN", "Event"}, {"EVNT", "go"}, {"PRIO", prio}, {"PHAS", phase}});
    };
    add("LOW", "LOW", "0");
    add("MEDIUM", "MEDIUM", "0");
    add("LATE", "HIGH", "2");
    add("EARLY", "HIGH", "1");
    rig.start();
    std::uint64_t token = 0;
    for (const char* name : {"LOW", "MEDIUM", "LATE", "EARLY"}) {
        rig.subscribe(name, ++token);
    }
    rig.notes.noted.clear();
    rig.database.post_event("go");
    std::vector<std::uint64_t> order;
    for (const auto& noted : rig.notes.noted) {
        order.push_back(noted.token);
    }
    EXPECT_EQ(order, (std::vector<std::uint64_t>{4, 3, 2, 1}));
}

TEST(Process, WithTSEMinus2TheDeviceGivesTheTime)
{
    Rig rig;
    const auto id = rig.record("ai", "AI", {{"TSE", "-2"}});
    rig.start();
    rig.subscribe("AI", 1);
    const iochron::base::Stamp given{1'234'567'890'000'000'000};
    EXPECT_TRUE(rig.database.set(id, iochron::pv::Value::of(5.0), given).ok());
    EXPECT_EQ(rig.notes.noted.back().time, given);
    EXPECT_EQ(rig.notes.noted.back().value.as_double(), 5);
}
