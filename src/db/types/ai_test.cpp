#include "db/rig.h"

#include <limits>

using iochron::db::Rig;
using iochron::pv::Value;

TEST(Ai, ReadsAnEngineeringValueFromItsInput)
{
    Rig rig;
    rig.record("calc", "SRC", {{"CALC", "A"}});
    rig.record("ai", "AI", {{"INP", "SRC PP"}, {"LINR", "LINEAR"}, {"ESLO", "10"}});
    rig.start();
    rig.put("SRC.A", 2.5);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 2.5) << "a Soft Channel does not convert";
    EXPECT_EQ(rig.number("AI.UDF"), 0);
    EXPECT_EQ(rig.text("AI.DTYP"), "Soft Channel");
}

TEST(Ai, StartsWithTheConstantOfItsInput)
{
    Rig rig;
    rig.record("ai", "AI", {{"INP", "3.5"}});
    rig.record("ai", "RAW", {{"INP", "7"}, {"DTYP", "Raw Soft Channel"}});
    rig.record("ai", "EMPTY");
    rig.start();
    EXPECT_EQ(rig.number("AI"), 3.5);
    EXPECT_EQ(rig.number("AI.UDF"), 0);
    EXPECT_EQ(rig.number("RAW.RVAL"), 7);
    EXPECT_EQ(rig.number("EMPTY.UDF"), 1);
}

TEST(Ai, ConvertsARawValue)
{
    Rig rig;
    const auto id = rig.record("ai", "AI",
                               {{"DTYP", "Raw Soft Channel"},
                                {"ROFF", "10"},
                                {"ASLO", "2"},
                                {"AOFF", "1"},
                                {"LINR", "SLOPE"},
                                {"ESLO", "0.5"},
                                {"EOFF", "-3"}});
    rig.start();
    EXPECT_TRUE(rig.database.set(id, Value::of(std::int32_t{5})).ok());
    EXPECT_EQ(rig.number("AI"), ((5 + 10) * 2 + 1) * 0.5 - 3);
    EXPECT_EQ(rig.number("AI.RVAL"), 5);
    EXPECT_EQ(rig.number("AI.ORAW"), 5);
    EXPECT_TRUE(rig.put("AI.LINR", "NO CONVERSION").ok());
    EXPECT_EQ(rig.number("AI"), (5 + 10) * 2 + 1) << "pp";
}

TEST(Ai, SmoothsWhatItReads)
{
    Rig rig;
    rig.record("calc", "SRC");
    rig.record("ai", "AI", {{"INP", "SRC"}, {"SMOO", "0.75"}});
    const auto raw = rig.record("ai", "RAW", {{"DTYP", "Raw Soft Channel"}, {"SMOO", "0.5"}});
    rig.start();
    rig.put("SRC", 8);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 8) << "nothing to smooth yet";
    rig.put("SRC", 16);
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 16 * 0.25 + 8 * 0.75);
    (void)rig.database.set(raw, Value::of(std::int32_t{8}));
    EXPECT_EQ(rig.number("RAW"), 8);
    (void)rig.database.set(raw, Value::of(std::int32_t{16}));
    EXPECT_EQ(rig.number("RAW"), 12);
}

TEST(Ai, IsUndefinedWithNaNAndTellsSo)
{
    Rig rig;
    const auto id = rig.record("ai", "AI", {{"UDFS", "MAJOR"}});
    rig.start();
    EXPECT_TRUE(rig.database.set(id, Value::of(std::numeric_limits<double>::quiet_NaN())).ok());
    EXPECT_EQ(rig.text("AI.STAT"), "UDF");
    EXPECT_EQ(rig.text("AI.SEVR"), "MAJOR");
}

TEST(Ai, RefusesBreakpointTables)
{
    Rig rig;
    const auto id = rig.record("ai", "AI");
    const auto result = rig.database.put_text(id, "LINR", "typeKdegF");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().find("breakpoint"), std::string::npos);
    EXPECT_EQ(rig.text("AI.LINR"), "NO CONVERSION");
}

TEST(Ai, FailsWithItsInput)
{
    Rig rig;
    rig.record("ai", "AI", {{"INP", "MISSING.VAL"}});
    rig.start();
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.text("AI.STAT"), "LINK");
    EXPECT_EQ(rig.text("AI.SEVR"), "INVALID");
    EXPECT_EQ(rig.text("AI.AMSG"), "field INP");
    EXPECT_EQ(rig.number("AI.UDF"), 1);
}
