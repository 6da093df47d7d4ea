#include "db/rig.h"

using namespace iochron;
using db::Rig;
using pv::Value;

TEST(Bi, HasStatesWithNamesAndAlarms)
{
    Rig rig;
    rig.record("bi", "B", {{"ZNAM", "Off"}, {"ONAM", "On"}, {"OSV", "MAJOR"}, {"COSV", "MINOR"}});
    rig.start();
    rig.subscribe("B", 7, pv::Mask::value);
    EXPECT_TRUE(rig.put("B", "On").ok());
    EXPECT_EQ(rig.number("B"), 1);
    EXPECT_EQ(rig.text("B.STAT"), "STATE");
    EXPECT_EQ(rig.text("B.SEVR"), "MAJOR");
    EXPECT_TRUE(rig.put("B", 0.0).ok());
    EXPECT_EQ(rig.text("B.STAT"), "COS");
    EXPECT_TRUE(rig.put("B", 0.0).ok());
    EXPECT_EQ(rig.text("B.STAT"), "NO_ALARM");
    EXPECT_FALSE(rig.put("B", "Of").ok());
    EXPECT_TRUE(rig.put("B", "1").ok());
    EXPECT_EQ(rig.values(7), (std::vector<double>{0, 1, 0, 1}));
    EXPECT_EQ(rig.notes.noted.back().value.type(), pv::ScalarType::enumeration);
}

TEST(Bi, ShowsAsManyNamesAsThereAre)
{
    const std::pair<std::pair<const char*, const char*>, std::vector<std::string>> cases[] = {
        {{"", ""}, {"", ""}}, {{"Off", ""}, {"Off"}}, {{"", "On"}, {"", "On"}}, {{"Off", "On"}, {"Off", "On"}}};
    for (const auto& [names, shown] : cases) {
        Rig rig;
        rig.record("bi", "B", {{"ZNAM", names.first}, {"ONAM", names.second}});
        rig.start();
        EXPECT_EQ(rig.database.describe(rig.open("B", rig.notes))->choices, shown);
    }
}

TEST(Bi, ReadsRawThroughItsMask)
{
    Rig rig;
    rig.record("longin", "FROM", {{"VAL", "13"}});
    rig.record("bi", "B", {{"DTYP", "Raw Soft Channel"}, {"INP", "FROM"}, {"MASK", "4"}});
    rig.record("bi", "C", {{"INP", "FROM"}});
    rig.start();
    EXPECT_TRUE(rig.put("B.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("B.RVAL"), 4);
    EXPECT_EQ(rig.number("B"), 1);
    EXPECT_TRUE(rig.put("C.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("C"), 13);
    EXPECT_FALSE(rig.put("B.MASK", 1.0).ok());
}

TEST(Bi, UserCodeSetsItByName)
{
    Rig rig;
    rig.record("bi", "B", {{"ZNAM", "Off"}, {"ONAM", "On"}, {"SCAN", "I/O Intr"}});
    rig.start();
    EXPECT_TRUE(rig.database.set(rig.id("B"), Value::of(std::string_view("On"))).ok());
    EXPECT_EQ(rig.number("B"), 1);
    EXPECT_EQ(rig.number("B.UDF"), 0);
    EXPECT_TRUE(rig.database.set(rig.id("B"), Value::of(false)).ok());
    EXPECT_EQ(rig.number("B"), 0);
    EXPECT_FALSE(rig.database.set(rig.id("B"), Value::of(std::string_view("Perhaps"))).ok());
}
