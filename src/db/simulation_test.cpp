#include "db/rig.h"

using namespace std::chrono_literals;
using iochron::db::Rig;

TEST(Simulation, TakesTheValueOfSIOLAndTellsSo)
{
    Rig rig;
    rig.record("calc", "SIM");
    rig.record("calc", "MODE");
    rig.record(
        "ai", "AI",
        {{"INP", "1"}, {"SIOL", "SIM"}, {"SIML", "MODE"}, {"SIMS", "MINOR"}, {"LINR", "LINEAR"}, {"ESLO", "10"}});
    rig.start();
    rig.put("SIM", 7.5);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 1);
    rig.put("MODE", 1);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 7.5);
    EXPECT_EQ(rig.text("AI.SIMM"), "YES");
    EXPECT_EQ(rig.text("AI.STAT"), "SIMM");
    EXPECT_EQ(rig.text("AI.SEVR"), "MINOR");
    rig.put("MODE", 2);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 70) << "RAW is converted";
    rig.put("MODE", 5);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.text("AI.STAT"), "SOFT");
    EXPECT_EQ(rig.number("AI"), 70);
    rig.put("MODE", 0.0);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.text("AI.STAT"), "NO_ALARM");
}

TEST(Simulation, UsesSVALWhenSIOLIsAConstant)
{
    Rig rig;
    rig.record("ai", "AI", {{"SIOL", "3"}, {"SIMM", "YES"}});
    rig.start();
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 3);
    rig.put("AI.SVAL", 4);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 4);
}

TEST(Simulation, ScansAsSSCNSaysWhileItLasts)
{
    Rig rig;
    rig.record("ai", "AI", {{"SCAN", "10 second"}, {"SSCN", ".1 second"}});
    rig.start();
    EXPECT_TRUE(rig.put("AI.SIMM", "YES").ok());
    EXPECT_EQ(rig.text("AI.SCAN"), ".1 second");
    EXPECT_EQ(rig.text("AI.SSCN"), "10 second");
    EXPECT_TRUE(rig.put("AI.SIMM", "NO").ok());
    EXPECT_EQ(rig.text("AI.SCAN"), "10 second");
    EXPECT_EQ(rig.text("AI.SSCN"), ".1 second");
}

TEST(Simulation, MayTakeItsTime)
{
    Rig rig;
    rig.record("ai", "AI", {{"SIMM", "YES"}, {"SVAL", "5"}, {"SDLY", "0.5"}});
    rig.record("ai", "OTHER");
    rig.start();
    EXPECT_EQ(rig.text("OTHER.SDLY"), "-1");
    EXPECT_EQ(rig.text("OTHER.SSCN"), "65535");
    rig.put("AI.PROC", 1);
    rig.pass(400ms);
    EXPECT_EQ(rig.number("AI.PACT"), 1);
    rig.pass(200ms);
    EXPECT_EQ(rig.number("AI"), 5);
    EXPECT_EQ(rig.number("AI.PACT"), 0);
}
