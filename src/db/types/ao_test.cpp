#include "db/rig.h"

using namespace iochron;
using db::Rig;

TEST(Ao, DrivesWithinItsLimitsAndAtItsRate)
{
    Rig rig;
    rig.record("ai", "TO");
    rig.record("ao", "AO", {{"OUT", "TO"}, {"DRVH", "10"}, {"DRVL", "-10"}, {"OROC", "4"}});
    rig.start();
    rig.subscribe("AO", 1, pv::Mask::value);
    rig.subscribe("AO.OVAL", 2, pv::Mask::value);
    EXPECT_TRUE(rig.put("AO", 25.0).ok());
    EXPECT_EQ(rig.number("AO"), 10);
    EXPECT_EQ(rig.number("TO"), 4);
    EXPECT_TRUE(rig.put("AO.PROC", 1.0).ok());
    EXPECT_TRUE(rig.put("AO.PROC", 1.0).ok());
    EXPECT_TRUE(rig.put("AO.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("TO"), 10);
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 10}));
    EXPECT_EQ(rig.values(2), (std::vector<double>{0, 4, 8, 10}));
}

TEST(Ao, ConvertsToRaw)
{
    Rig rig;
    rig.record("longin", "TO");
    rig.record("ao", "AO",
               {{"DTYP", "Raw Soft Channel"},
                {"OUT", "TO"},
                {"LINR", "SLOPE"},
                {"ESLO", "0.5"},
                {"EOFF", "1"},
                {"AOFF", "2"},
                {"ASLO", "4"},
                {"ROFF", "1"}});
    rig.start();
    EXPECT_EQ(rig.number("AO.UDF"), 1); // the soft device has no readback to begin with
    EXPECT_TRUE(rig.put("AO", 22.0).ok());
    EXPECT_EQ(rig.number("AO.RVAL"), 9); // ((22 - 1) / 0.5 - 2) / 4 - 1
    EXPECT_EQ(rig.number("TO"), 9);
    EXPECT_TRUE(rig.put("AO", 1e12).ok());
    EXPECT_EQ(rig.number("TO"), 2147483647);
    EXPECT_FALSE(rig.put("AO.LINR", "typeKdegC").ok());
}

TEST(Ao, ClosedLoopMayAddUp)
{
    Rig rig;
    rig.record("ai", "FROM", {{"VAL", "3"}});
    rig.record("ao", "AO", {{"DOL", "FROM"}, {"OMSL", "closed_loop"}, {"OIF", "Incremental"}});
    rig.start();
    EXPECT_TRUE(rig.put("AO.PROC", 1.0).ok());
    EXPECT_TRUE(rig.put("AO", 100.0).ok()); // no effect
    EXPECT_EQ(rig.number("AO"), 6);
}

TEST(Ao, ShowsItsDriveLimits)
{
    Rig rig;
    rig.record("ao", "AO", {{"DRVH", "7"}, {"HOPR", "9"}, {"PREC", "2"}, {"EGU", "V"}});
    rig.start();
    for (const char* const name : {"AO", "AO.OVAL"}) {
        const pv::MetaRef meta = rig.database.describe(rig.open(name, rig.notes));
        EXPECT_EQ(meta->display, (pv::Range{0, 9})) << name;
        EXPECT_EQ(meta->control, (pv::Range{0, 7})) << name;
        EXPECT_EQ(meta->precision, 2);
        EXPECT_EQ(meta->units, "V");
    }
}

TEST(Ao, NanIsUndefined)
{
    Rig rig;
    rig.record("ao", "AO", {{"IVOA", "Set output to IVOV"}, {"IVOV", "5"}, {"OUT", "TO"}});
    rig.record("ai", "TO");
    rig.start();
    EXPECT_TRUE(rig.put("AO", "nan").ok());
    EXPECT_EQ(rig.text("AO.STAT"), "UDF");
    EXPECT_EQ(rig.number("TO"), 5);
}

TEST(Ai, IsSimulatedRawToo)
{
    Rig rig;
    rig.record("ai", "AI", {{"SIMM", "RAW"}, {"SVAL", "6"}, {"ASLO", "2"}, {"SIMS", "MAJOR"}});
    rig.start();
    EXPECT_TRUE(rig.put("AI.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("AI"), 12);
    EXPECT_EQ(rig.text("AI.SEVR"), "MAJOR");
    EXPECT_TRUE(rig.put("AI.SIMM", "YES").ok());
    EXPECT_TRUE(rig.put("AI.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("AI"), 6);
}
