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
