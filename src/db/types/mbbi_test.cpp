#include "db/rig.h"

using namespace iochron;
using db::Rig;
using pv::Value;

TEST(Mbbi, FindsTheStateOfARawValue)
{
    Rig rig;
    rig.record("longin", "FROM", {{"VAL", "0x25"}});
    rig.record("mbbi", "M",
               {{"DTYP", "Raw Soft Channel"},
                {"INP", "FROM"},
                {"NOBT", "4"},
                {"SHFT", "1"},
                {"ONVL", "2"},
                {"ONST", "Two"},
                {"TWVL", "5"},
                {"TWSV", "MAJOR"},
                {"UNSV", "INVALID"}});
    rig.start();
    EXPECT_TRUE(rig.put("M.PROC", 1.0).ok()); // (0x25 & 0x1e) >> 1 == 2
    EXPECT_EQ(rig.number("M"), 1);
    EXPECT_EQ(rig.text("M"), "Two");
    EXPECT_TRUE(rig.put("FROM", 10.0).ok());
    EXPECT_TRUE(rig.put("M.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("M"), 2);
    EXPECT_EQ(rig.text("M.SEVR"), "MAJOR");
    EXPECT_TRUE(rig.put("FROM", 14.0).ok());
    EXPECT_TRUE(rig.put("M.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("M"), 65535);
    EXPECT_EQ(rig.text("M.SEVR"), "INVALID");
}

TEST(Mbbi, ShowsItsNamesUpToTheLast)
{
    Rig rig;
    rig.record("mbbi", "M", {{"ZRST", "Zero"}, {"TWST", "Two"}});
    rig.record("mbbi", "NONE");
    rig.start();
    const pv::ChannelId channel = rig.open("M", rig.notes);
    EXPECT_EQ(rig.database.describe(channel)->choices, (std::vector<std::string>{"Zero", "", "Two"}));
    EXPECT_TRUE(rig.database.describe(rig.open("NONE", rig.notes))->choices.empty());
    EXPECT_EQ(rig.number("M.SDEF"), 1);
    EXPECT_EQ(rig.number("NONE.SDEF"), 0);
    rig.subscribe("M", 7, pv::Mask::value);
    EXPECT_TRUE(rig.put("M.ZRST", "Nothing").ok()); // VAL is shown otherwise
    EXPECT_EQ(rig.values(7).size(), 2u);
    EXPECT_EQ(rig.notes.noted.back().meta->choices.front(), "Nothing");
}

TEST(Mbbi, UserCodeSetsItByName)
{
    Rig rig;
    rig.record("mbbi", "M", {{"ZRST", "Zero"}, {"TWST", "Two"}});
    rig.start();
    EXPECT_TRUE(rig.database.set(rig.id("M"), Value::of(std::string_view("Two"))).ok());
    EXPECT_EQ(rig.number("M"), 2);
    EXPECT_FALSE(rig.database.set(rig.id("M"), Value::of(std::string_view("Four"))).ok());
}

TEST(Mbbo, IsANumberWithoutStates)
{
    Rig rig;
    rig.record("mbbo", "N");
    rig.record("mbbo", "M", {{"ONST", "One"}});
    rig.start();
    EXPECT_EQ(rig.database.describe(rig.open("N", rig.notes))->type, pv::ScalarType::uint16);
    EXPECT_EQ(rig.database.describe(rig.open("M", rig.notes))->type, pv::ScalarType::enumeration);
    rig.subscribe("N", 7, pv::Mask::value);
    EXPECT_TRUE(rig.put("N", 300.0).ok());
    EXPECT_EQ(rig.notes.noted.back().value, Value::of(std::uint16_t{300}));
    EXPECT_EQ(rig.database.describe(rig.open("N.RVAL", rig.notes))->display, pv::Range{});
}

TEST(Mbbo, WritesTheValueOfItsState)
{
    Rig rig;
    rig.record("longin", "TO");
    rig.record("longin", "RAW");
    rig.record("mbbo", "M", {{"OUT", "TO"}, {"ONVL", "7"}, {"ONST", "Seven"}, {"ONSV", "MINOR"}, {"COSV", "MAJOR"}});
    rig.record("mbbo", "R",
               {{"DTYP", "Raw Soft Channel"}, {"OUT", "RAW"}, {"NOBT", "3"}, {"SHFT", "2"}, {"ONVL", "5"}});
    rig.start();
    EXPECT_TRUE(rig.put("M", "Seven").ok());
    EXPECT_EQ(rig.number("TO"), 1);
    EXPECT_EQ(rig.number("M.RVAL"), 7);
    EXPECT_EQ(rig.text("M.STAT"), "COS");
    EXPECT_TRUE(rig.put("M.PROC", 1.0).ok());
    EXPECT_EQ(rig.text("M.STAT"), "COS"); // until VAL is back
    EXPECT_TRUE(rig.put("M", 0.0).ok());
    EXPECT_EQ(rig.text("M.SEVR"), "NO_ALARM");
    EXPECT_TRUE(rig.put("R", 1.0).ok());
    EXPECT_EQ(rig.number("RAW"), 20);
    EXPECT_TRUE(rig.put("R", 30.0).ok());
    EXPECT_EQ(rig.text("R.STAT"), "SOFT");
}
