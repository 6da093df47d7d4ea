#include "db/rig.h"

using namespace iochron;
using db::Rig;

TEST(Bo, WritesItsStateOrItsMask)
{
    Rig rig;
    rig.record("longin", "TO");
    rig.record("longin", "RAW");
    rig.record("bo", "B", {{"OUT", "TO"}, {"ZNAM", "Off"}, {"ONAM", "On"}});
    rig.record("bo", "R", {{"OUT", "RAW"}, {"DTYP", "Raw Soft Channel"}, {"MASK", "0x10"}});
    rig.start();
    EXPECT_TRUE(rig.put("B", "On").ok());
    EXPECT_EQ(rig.number("TO"), 1);
    EXPECT_TRUE(rig.put("R", 1.0).ok());
    EXPECT_EQ(rig.number("RAW"), 16);
    EXPECT_EQ(rig.number("R.RVAL"), 16);
}

TEST(Bo, GoesBackToZeroAfterHigh)
{
    Rig rig;
    rig.record("bo", "B", {{"HIGH", "1.5"}, {"FLNK", "COUNT"}});
    rig.record("calc", "COUNT", {{"CALC", "VAL+1"}});
    rig.start();
    rig.subscribe("B", 7, pv::Mask::value);
    EXPECT_TRUE(rig.put("B", 1.0).ok());
    rig.pass(std::chrono::milliseconds(1000));
    EXPECT_EQ(rig.number("B"), 1);
    EXPECT_TRUE(rig.put("B", 1.0).ok()); // once more: the time begins anew
    rig.pass(std::chrono::milliseconds(1000));
    EXPECT_EQ(rig.number("B"), 1);
    rig.pass(std::chrono::milliseconds(600));
    EXPECT_EQ(rig.number("B"), 0);
    EXPECT_EQ(rig.number("COUNT"), 3);
    EXPECT_EQ(rig.values(7), (std::vector<double>{0, 1, 0}));
}

TEST(Bo, HighWaitsForUserCode)
{
    Rig rig;
    const db::RecordId id = rig.record("bo", "B", {{"HIGH", "1"}});
    int calls = 0;
    rig.database.on_output(id, [&](db::RecordId, const pv::Value&) { ++calls; });
    rig.start();
    EXPECT_TRUE(rig.put("B", 1.0).ok());
    rig.pass(std::chrono::seconds(3)); // HIGH begins when the output is done
    EXPECT_EQ(calls, 1);
    rig.database.complete(id);
    EXPECT_TRUE(rig.put("B.PROC", 1.0).ok());
    rig.pass(std::chrono::seconds(1));
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(rig.number("B"), 1);
    rig.database.complete(id);
    rig.pass(std::chrono::seconds(1));
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(rig.number("B"), 0);
}

TEST(Bo, TakesTheStateOfItsInput)
{
    Rig rig;
    rig.record("bo", "START", {{"DOL", "5"}});
    rig.record("longin", "FROM", {{"VAL", "1"}});
    rig.record("bo", "B",
               {{"DOL", "FROM"}, {"OMSL", "closed_loop"}, {"OSV", "INVALID"}, {"IVOA", "Set output to IVOV"}});
    rig.start();
    EXPECT_EQ(rig.number("START"), 1);
    EXPECT_TRUE(rig.put("B.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("B.UDF"), 0);
    EXPECT_EQ(rig.number("B"), 0); // IVOV
    EXPECT_EQ(rig.text("B.SEVR"), "INVALID");
}
