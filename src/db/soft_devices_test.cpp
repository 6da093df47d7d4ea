#include "db/soft_devices.h"

#include "db/rig.h"

using namespace std::chrono_literals;
using iochron::db::Rig;
using iochron::pv::Token;
using iochron::pv::Value;

TEST(SoftDevices, AsyncSoftChannelReadsWhenItsSourceHasProcessed)
{
    Rig rig;
    rig.record("ai", "SLOW", {{"SIMM", "YES"}, {"SVAL", "5"}, {"SDLY", "1"}, {"HIGH", "4"}, {"HSV", "MINOR"}});
    rig.record("ai", "AI", {{"DTYP", "Async Soft Channel"}, {"INP", "SLOW MSS"}, {"FLNK", "N"}});
    rig.record("calc", "N", {{"CALC", "VAL+1"}});
    rig.start();
    const auto channel = rig.open("AI.PROC", rig.notes);
    rig.database.write({.channel = channel, .token = Token{4}, .value = Value::of(1.0), .wait = true}, rig.peer,
                       rig.notes);
    EXPECT_EQ(rig.number("AI.PACT"), 1);
    EXPECT_EQ(rig.number("SLOW.PACT"), 1);
    rig.pass(500ms);
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.pass(600ms);
    EXPECT_EQ(rig.number("AI"), 5);
    EXPECT_EQ(rig.text("AI.STAT"), "HIGH");
    EXPECT_EQ(rig.number("N"), 1);
    ASSERT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_EQ(rig.number("AI.PACT"), 0);
}

TEST(SoftDevices, AsyncSoftChannelWaitsForASourceThatIsBusy)
{
    Rig rig;
    rig.record("longin", "SLOW", {{"SIMM", "YES"}, {"SVAL", "5"}, {"SDLY", "1"}});
    rig.record("longin", "LI", {{"DTYP", "Async Soft Channel"}, {"INP", "SLOW"}});
    rig.start();
    rig.put("SLOW.PROC", 1);
    rig.pass(500ms);
    rig.put("LI.PROC", 1);
    rig.pass(600ms);
    EXPECT_EQ(rig.number("LI.PACT"), 1) << "the source processes once more, for it";
    EXPECT_EQ(rig.number("SLOW.PACT"), 1);
    rig.pass(1s);
    EXPECT_EQ(rig.number("LI"), 5);
    EXPECT_EQ(rig.number("LI.PACT"), 0);
}

TEST(SoftDevices, AsyncSoftChannelDoesNotProcessWhatIsScanned)
{
    Rig rig;
    rig.record("calc", "SRC", {{"CALC", "VAL+1"}, {"SCAN", "10 second"}});
    rig.record("stringin", "S", {{"DTYP", "Async Soft Channel"}, {"INP", "SRC PP"}});
    rig.record("ai", "CONST", {{"DTYP", "Async Soft Channel"}, {"INP", "7"}});
    rig.start();
    rig.run();
    rig.put("S.PROC", 1);
    EXPECT_EQ(rig.text("S"), "1");
    rig.put("CONST.PROC", 1);
    EXPECT_EQ(rig.number("CONST"), 7);
    EXPECT_EQ(rig.number("CONST.PACT"), 0);
}

TEST(SoftDevices, DbStateIsAFlagByName)
{
    Rig rig;
    rig.record("bo", "SET", {{"DTYP", "Db State"}, {"OUT", "@red"}});
    rig.record("bi", "RED", {{"DTYP", "Db State"}, {"INP", "@red"}});
    rig.record("bi", "BLUE", {{"DTYP", "Db State"}, {"INP", "@blue"}});
    rig.start();
    const auto read = [&](std::string_view name) {
        rig.put(fmt::format("{}.PROC", name), 1);
        return rig.number(name);
    };
    EXPECT_EQ(read("RED"), 0);
    rig.put("SET", 1);
    EXPECT_EQ(read("RED"), 1);
    EXPECT_EQ(read("BLUE"), 0);
    rig.put("SET", 0.0);
    EXPECT_EQ(read("RED"), 0);
    EXPECT_EQ(rig.text("RED.SEVR"), "NO_ALARM");
}

TEST(SoftDevices, SoftTimestampIsTheStampInSeconds)
{
    Rig rig;
    rig.record("ai", "NOW", {{"DTYP", "Soft Timestamp"}, {"INP", "@"}});
    rig.start();
    rig.clock.advance(3s);
    rig.put("NOW.PROC", 1);
    const auto since_1990 = rig.clock.now().ns - iochron::base::undefined_stamp.ns;
    EXPECT_NEAR(rig.number("NOW"), static_cast<double>(since_1990) * 1e-9, 1e-6);
}
