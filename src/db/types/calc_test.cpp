#include "db/rig.h"

#include <limits>

using namespace std::chrono_literals;
using iochron::db::Rig;
using iochron::pv::Mask;

TEST(Calc, CountsWithItsOwnValueAtItsScanRate)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "A+1"}, {"INPA", "C.VAL NPP NMS"}, {"SCAN", ".1 second"}});
    rig.start();
    rig.subscribe("C", 1);
    rig.pass(350ms);
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 1, 2, 3, 4}));
    EXPECT_EQ(rig.number("C.UDF"), 0);
    EXPECT_EQ(rig.text("C.SEVR"), "NO_ALARM");
    EXPECT_EQ(rig.number("C.A"), 3);
    EXPECT_EQ(rig.number("C.LA"), 3);
}

TEST(Calc, TakesConstantsAndManyArguments)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "A+B*C+U"}, {"INPA", "1"}, {"INPB", "2.5"}, {"INPC", "4"}, {"INPU", "100"}});
    rig.start();
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 111);
    EXPECT_EQ(rig.text("C.INPB"), "2.5");
    EXPECT_EQ(rig.text("C.INPU"), "100");
    rig.put("C.B", 3); // pp and Passive: it processes
    EXPECT_EQ(rig.number("C"), 113);
    EXPECT_EQ(rig.number("C.LB"), 3);
}

TEST(Calc, RefusesAnExpressionThatDoesNotCompileAndKeepsTheOldOne)
{
    Rig rig;
    const auto id = rig.record("calc", "C", {{"CALC", "A+1"}});
    const auto result = rig.database.put_text(id, "CALC", "A+");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().find("A+"), std::string::npos);
    rig.start();
    EXPECT_FALSE(rig.put("C.CALC", "(").ok());
    EXPECT_EQ(rig.text("C.CALC"), "A+1");
    EXPECT_TRUE(rig.put("C.CALC", "A+2").ok());
    EXPECT_EQ(rig.number("C"), 2);
}

TEST(Calc, PostsAnArgumentThatChanged)
{
    Rig rig;
    rig.record("calc", "SRC");
    rig.record("calc", "C", {{"CALC", "A*2"}, {"INPA", "SRC NPP"}});
    rig.start();
    rig.subscribe("C.A", 1);
    rig.put("SRC", 5);
    rig.put("C.PROC", 1);
    rig.put("C.PROC", 1); // nothing new
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 5}));
    EXPECT_EQ(rig.number("C"), 10);
}

TEST(Calc, KeepsItsValueWhenAnInputFails)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "A+1"}, {"INPA", "MISSING"}});
    rig.start();
    EXPECT_TRUE(rig.log.has("C.INPA: there is no 'MISSING'"));
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.text("C.STAT"), "LINK");
    EXPECT_EQ(rig.text("C.SEVR"), "INVALID");
    EXPECT_EQ(rig.text("C.AMSG"), "field INPA");
    EXPECT_EQ(rig.text("C.INPA"), "MISSING NPP NMS");
    EXPECT_EQ(rig.number("C"), 0);
}

TEST(Calc, IsUndefinedWhenTheResultIsNotANumber)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "A/B"}});
    rig.start();
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C.UDF"), 1);
    EXPECT_EQ(rig.text("C.STAT"), "UDF");
    rig.put("C.A", 1);
    EXPECT_EQ(rig.number("C.UDF"), 0);
    EXPECT_EQ(rig.number("C"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(rig.text("C.STAT"), "NO_ALARM");
}

TEST(Calc, IsDescribedByItsSettingsAndItsArgumentsByTheirSource)
{
    Rig rig;
    rig.record("calc", "SRC", {{"EGU", "mm"}, {"PREC", "4"}, {"HOPR", "10"}});
    rig.record("calc", "C", {{"INPA", "SRC"}, {"EGU", "A"}, {"HIHI", "9"}, {"HHSV", "MAJOR"}, {"HIGH", "5"}});
    rig.start();
    const auto meta = rig.database.describe(rig.open("C", rig.notes));
    EXPECT_EQ(meta->units, "A");
    EXPECT_EQ(meta->record_type, "calc");
    EXPECT_EQ(meta->hihi, 9);
    EXPECT_NE(meta->high, meta->high) << "a limit without severity is none";
    const auto argument = rig.database.describe(rig.open("C.A", rig.notes));
    EXPECT_EQ(argument->units, "mm");
    EXPECT_EQ(argument->precision, 4);
    EXPECT_EQ(argument->display.high, 10);
}
