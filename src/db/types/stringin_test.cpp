#include "db/rig.h"

using namespace iochron;
using db::Rig;
using pv::Value;

TEST(Stringin, ReadsItsInputAsText)
{
    Rig rig;
    rig.record("ai", "A", {{"VAL", "1.23456"}, {"PREC", "2"}});
    rig.record("bi", "B", {{"ONAM", "On"}, {"VAL", "1"}});
    rig.record("stringin", "FROM_A", {{"INP", "A"}});
    rig.record("stringin", "FROM_B", {{"INP", "B"}});
    rig.record("stringin", "CONST", {{"INP", "5"}});
    rig.start();
    for (const char* const name : {"FROM_A", "FROM_B", "CONST"}) {
        EXPECT_TRUE(rig.put(std::string(name) + ".PROC", 1.0).ok());
    }
    EXPECT_EQ(rig.text("FROM_A"), "1.23");
    EXPECT_EQ(rig.text("FROM_B"), "On");
    EXPECT_EQ(rig.text("CONST"), "5");
    EXPECT_EQ(rig.number("FROM_A.UDF"), 0);
}

TEST(Stringin, PostsWhatChangesOrAlways)
{
    Rig rig;
    rig.record("stringin", "S");
    rig.start();
    rig.subscribe("S", 1, pv::Mask::value);
    rig.subscribe("S", 2, pv::Mask::log);
    EXPECT_TRUE(rig.put("S", "a").ok());
    EXPECT_TRUE(rig.put("S", "a").ok());
    EXPECT_EQ(rig.values(1).size(), 2u);
    EXPECT_TRUE(rig.put("S.MPST", "Always").ok());
    EXPECT_TRUE(rig.put("S", "a").ok());
    EXPECT_EQ(rig.values(1).size(), 3u);
    EXPECT_EQ(rig.values(2).size(), 2u);
}

TEST(Stringin, Has39Characters)
{
    Rig rig;
    rig.record("stringin", "S", {{"SIMM", "YES"}, {"SVAL", "simulated"}});
    rig.start();
    const std::string text(50, 'x');
    EXPECT_TRUE(rig.database.set(rig.id("S"), Value::of(std::string_view(text))).ok());
    EXPECT_EQ(rig.text("S"), "simulated");
    EXPECT_TRUE(rig.put("S.SIMM", "NO").ok());
    EXPECT_TRUE(rig.database.set(rig.id("S"), Value::of(std::string_view(text))).ok());
    EXPECT_EQ(rig.text("S"), std::string(39, 'x'));
}

TEST(Stringout, WritesItsText)
{
    Rig rig;
    rig.record("stringin", "TO");
    rig.record("stringout", "S", {{"OUT", "TO"}, {"DOL", R"({const:"start"})"}});
    rig.record("stringout", "LOOP", {{"DOL", "S"}, {"OMSL", "closed_loop"}});
    rig.record("stringout", "NEVER", {{"IVOA", "Set output to IVOV"}, {"IVOV", "invalid"}});
    rig.start();
    EXPECT_EQ(rig.text("S"), "start");
    EXPECT_TRUE(rig.put("LOOP.PROC", 1.0).ok());
    EXPECT_EQ(rig.text("LOOP"), "start");
    EXPECT_TRUE(rig.put("S", "hello").ok());
    EXPECT_EQ(rig.text("TO"), "hello");
    EXPECT_TRUE(rig.put("NEVER.PROC", 1.0).ok());
    EXPECT_EQ(rig.text("NEVER"), "invalid");
    EXPECT_EQ(rig.text("NEVER.STAT"), "UDF");
}
