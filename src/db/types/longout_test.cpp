#include "db/rig.h"

using namespace iochron;
using db::Rig;

TEST(Longout, WritesWithinItsLimits)
{
    Rig rig;
    rig.record("longin", "TO");
    rig.record("longout", "L", {{"OUT", "TO PP"}, {"DRVH", "10"}, {"DRVL", "-10"}, {"HOPR", "99"}});
    rig.start();
    EXPECT_TRUE(rig.put("L", 25.0).ok());
    EXPECT_EQ(rig.number("L"), 10);
    EXPECT_EQ(rig.number("TO"), 10);
    EXPECT_EQ(rig.text("TO.SEVR"), "NO_ALARM");
    const pv::MetaRef meta = rig.database.describe(rig.open("L", rig.notes));
    EXPECT_EQ(meta->control, (pv::Range{-10, 10}));
    EXPECT_EQ(meta->display, (pv::Range{0, 99}));
}

TEST(Longout, FollowsItsInputInClosedLoop)
{
    Rig rig;
    rig.record("longin", "FROM", {{"VAL", "6"}});
    rig.record("longout", "L", {{"DOL", "FROM"}, {"OMSL", "closed_loop"}});
    rig.record("longout", "START", {{"DOL", "8"}});
    rig.start();
    EXPECT_EQ(rig.number("START"), 8);
    EXPECT_EQ(rig.number("START.UDF"), 0);
    EXPECT_TRUE(rig.put("L", 1.0).ok());
    EXPECT_EQ(rig.number("L"), 6);
    EXPECT_TRUE(rig.put("L.OMSL", "supervisory").ok());
    EXPECT_TRUE(rig.put("L", 1.0).ok());
    EXPECT_EQ(rig.number("L"), 1);
}

TEST(Longout, ActsOnAnInvalidValueAsIvoaSays)
{
    for (const auto& [action, written] :
         {std::pair{"Continue normally", 5.0}, {"Don't drive outputs", 0.0}, {"Set output to IVOV", 77.0}}) {
        Rig rig;
        rig.record("longin", "TO");
        rig.record("longout", "L",
                   {{"OUT", "TO"}, {"HIHI", "5"}, {"HHSV", "INVALID"}, {"IVOA", action}, {"IVOV", "77"}});
        rig.start();
        EXPECT_TRUE(rig.put("L", 5.0).ok());
        EXPECT_EQ(rig.number("TO"), written) << action;
    }
}

TEST(Longout, WritesOnlyWhenOoptSays)
{
    struct Case {
        const char* when;
        std::vector<double> written; ///< of 0 1 1 2 0 0
    };
    for (const auto& [when, written] : {Case{"Every Time", {0, 1, 1, 2, 0, 0}},
                                        {"On Change", {0, 1, 2, 0}},
                                        {"When Zero", {0, 0, 0}},
                                        {"When Non-zero", {1, 1, 2}},
                                        {"Transition To Zero", {0}},
                                        {"Transition To Non-zero", {1}}}) {
        Rig rig;
        std::vector<double> got;
        const db::RecordId id = rig.record("longout", "L", {{"OOPT", when}});
        rig.database.on_output(id, [&](db::RecordId record, const pv::Value& value) {
            got.push_back(value.as_double());
            rig.database.complete(record);
        });
        rig.start();
        for (const double value : {0, 1, 1, 2, 0, 0}) {
            EXPECT_TRUE(rig.put("L", value).ok());
        }
        EXPECT_EQ(got, written) << when;
    }
}

TEST(Longout, TheAsyncDeviceWritesWithinTheDatabaseAtOnce)
{
    Rig rig;
    rig.record("longin", "TO");
    rig.record("longout", "L", {{"OUT", "TO PP"}, {"DTYP", "Async Soft Channel"}});
    rig.start();
    EXPECT_TRUE(rig.put("L", 4.0).ok());
    EXPECT_EQ(rig.number("TO"), 4);
    EXPECT_EQ(rig.number("L.PACT"), 0);
}

TEST(Longout, AnotherOutIsAChange)
{
    Rig rig;
    rig.record("longin", "A");
    rig.record("longin", "B");
    rig.record("longout", "L", {{"OOPT", "On Change"}, {"OUT", "A"}});
    rig.start();
    EXPECT_TRUE(rig.put("L", 3.0).ok());
    EXPECT_TRUE(rig.put("L.OUT", "B").ok());
    EXPECT_TRUE(rig.put("L", 3.0).ok());
    EXPECT_EQ(rig.number("B"), 3);
}

TEST(Longout, IsSimulated)
{
    Rig rig;
    rig.record("longin", "REAL");
    rig.record("longin", "SIM");
    rig.record("longout", "L", {{"OUT", "REAL"}, {"SIOL", "SIM"}, {"SIMM", "YES"}, {"SIMS", "MINOR"}});
    rig.start();
    EXPECT_TRUE(rig.put("L", 3.0).ok());
    EXPECT_EQ(rig.number("REAL"), 0);
    EXPECT_EQ(rig.number("SIM"), 3);
    EXPECT_EQ(rig.text("L.STAT"), "SIMM");
}

TEST(Int64out, KeepsAllBits)
{
    Rig rig;
    rig.record("int64in", "TO", {{"INP", "9007199254740993"}});
    rig.record("int64out", "L", {{"OUT", "TO"}, {"VAL", "9007199254740995"}});
    rig.start();
    EXPECT_EQ(rig.text("TO"), "9007199254740993");
    EXPECT_TRUE(rig.put("L.PROC", 1.0).ok());
    EXPECT_EQ(rig.text("TO"), "9007199254740995");
}
