#include "db/load/recorded.h"

#include <gtest/gtest.h>

namespace iochron::db::load {
namespace {

const base::Limits limits;

std::string told(MemoryFiles files, std::string_view path = "", std::string_view definitions = "", bool places = false)
{
    const Macros macros(definitions);
    const SearchPath search(path);
    Recorded recorded;
    recorded.places = places;
    try {
        read_db("main.db", {files, macros, search, limits}, recorded);
    } catch (const base::Problem& problem) {
        recorded.text += problem.what();
    }
    return recorded.text;
}

TEST(Include, StandsWhereAStatementOrAFieldDoes)
{
    EXPECT_EQ(
        told({{"main.db", "include \"a.db\"\nrecord(ai,X) { include \"fields.db\" field(C,3) }\n include \"a.db\""},
              {"a.db", "record(ai,A)\n"},
              {"fields.db", "field(A,1)\nfield(B,2)"}}),
        "record ai A\nend\nrecord ai X\nfield A = 1\nfield B = 2\nfield C = 3\nend\nrecord ai A\nend\n");
}

TEST(Include, SeesMacrosAndKeepsPlaces)
{
    EXPECT_EQ(told({{"main.db", "\ninclude \"$(F).db\" record(ai,\"$(P)1\")\nrecord(ai,\"$(P)2\")"},
                    {"a.db", "\n\nrecord(ai,\"$(P)A\")"}},
                   "", "F=a,P=Q:", true),
              "record ai@a.db:3:8 Q:A@a.db:3:11\nend\n"
              "record ai@main.db:2:26 Q:1@main.db:2:29\nend\n"
              "record ai@main.db:3:8 Q:2@main.db:3:11\nend\n");
}

TEST(Include, LooksAlongThePath)
{
    const MemoryFiles files{{"d/main.db",
                             "include \"a.db\" path \"e\" include \"a.db\" addpath \"f:\" include \"b.db\" "
                             "include \"c.db\" include \"d/a.db\""},
                            {"d/a.db", "record(ai,DA)"},
                            {"e/a.db", "record(ai,EA)"},
                            {"f/b.db", "record(ai,FB)"},
                            {"c.db", "record(ai,C)"}};
    EXPECT_EQ(told(files, "nowhere : d"), "record ai DA\nend\nrecord ai EA\nend\nrecord ai FB\nend\nrecord ai C\nend\n"
                                          "record ai DA\nend\n");
}

TEST(Include, SaysWhereAFileWasLookedFor)
{
    EXPECT_EQ(told({{"main.db", "\ninclude \"b.db\""}}, ".:d:e"),
              "main.db:2:9: there is no file 'b.db' in: ., d, e; add its directory with -I or addpath \"...\"");
    EXPECT_EQ(told({{"main.db", "include \"x/b.db\""}}), "main.db:1:9: there is no file 'x/b.db'");
    EXPECT_EQ(told({}), "there is no file 'main.db' in: .; add its directory with -I or addpath \"...\"");
}

TEST(Include, FindsRecursion)
{
    EXPECT_EQ(told({{"main.db", "include \"a.db\""}, {"a.db", "include \"b.db\""}, {"b.db", "\n include \"a.db\""}}),
              "b.db:2:10: 'a.db' includes itself: main.db > a.db > b.db > a.db; take one of these includes out");
    EXPECT_EQ(told({{"main.db", "include \"main.db\""}}),
              "main.db:1:9: 'main.db' includes itself: main.db > main.db; take one of these includes out");
}

TEST(Include, BoundsDepth)
{
    MemoryFiles files{{"main.db", "include \"0.db\""}};
    for (int i = 0; i < 40; ++i) {
        files.set(std::to_string(i) + ".db", "include \"" + std::to_string(i + 1) + ".db\"");
    }
    EXPECT_NE(told(files).find("30.db:1:9: files include one another deeper than 32: main.db > 0.db"),
              std::string::npos);
}

} // namespace
} // namespace iochron::db::load
