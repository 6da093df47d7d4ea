#include "db/load/loader.h"

#include "base/manual_clock.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace iochron::db::load {
namespace {

/// Keeps the lines it is given.
/// Thread: fixed
class KeptLog : public base::Log {
  public:
    void write(base::Level, std::string_view, std::string_view text) override { lines.append(text).append("\n"); }

    std::string lines;
};

/// A Database and what it is loaded with.
class Loading : public ::testing::Test {
  protected:
    /// How many records are new, or what is wrong.
    std::string load(std::string_view text, std::string_view definitions = "")
    {
        const Macros macros(definitions);
        try {
            return std::to_string(load_db_text(database, "x.db", text, {files, macros, search, limits}, log));
        } catch (const base::Problem& problem) {
            return problem.what();
        }
    }
    std::string text(std::string_view record, std::string_view field)
    {
        const auto found = database.find(record);
        return found ? database.text(*found, field).value_or("no such field") : "no such record";
    }

    base::ManualClock clock;
    KeptLog log;
    base::Counters counters;
    base::Limits limits;
    MemoryFiles files;
    SearchPath search;
    Database database{{.clock = clock, .log = log, .counters = counters, .limits = limits}};
};

TEST_F(Loading, MakesRecordsWithTheirFields)
{
    EXPECT_EQ(
        load("record(calc,\"$(P)1\"){field(CALC,\"A+1\") field(INPA,\"$(P)1.VAL NPP\") field(SCAN,\".1 second\")\n"
             "info(key,\"value\") info(list,[1, 2]) alias(\"ONE\")}\n"
             "record(ai,\"$(P)2\"){field(HIHI,10)} alias(\"$(P)2\",\"TWO\")",
             "P=SR:"),
        "2");
    EXPECT_EQ(text("SR:1", "CALC"), "A+1");
    EXPECT_EQ(text("SR:1", "SCAN"), ".1 second");
    EXPECT_EQ(text("TWO", "HIHI"), "10");
    EXPECT_EQ(database.find("ONE"), database.find("SR:1"));
    EXPECT_EQ(database.infos(*database.find("ONE")),
              (std::vector<std::pair<std::string_view, std::string_view>>{{"key", "value"}, {"list", "[1,2]"}}));
}

TEST_F(Loading, AmendsRecordsThatExist)
{
    EXPECT_EQ(load("record(ai,A){field(DESC,\"one\")}"), "1");
    EXPECT_EQ(load("record(ai,A){field(EGU,\"mm\")} record(\"*\",A){field(HIHI,5)}"), "0");
    EXPECT_EQ(text("A", "DESC") + text("A", "EGU") + text("A", "HIHI"), "onemm5");
    EXPECT_NE(load("record(calc,A){}").find("x.db:1:8: "), std::string::npos) << "its type cannot change";
    EXPECT_NE(load("record(\"*\",B){}").find("x.db:1:8: "), std::string::npos);
}

TEST_F(Loading, DeletesRecords)
{
    EXPECT_EQ(load("record(ai,A) record(ai,B)"), "2");
    EXPECT_EQ(load("record(\"#\",A){field(NONE,1)} record(\"#\",C)"), "0");
    EXPECT_FALSE(database.find("A"));
    EXPECT_TRUE(database.find("B"));
    EXPECT_EQ(log.lines, "x.db:1:41: there is no record 'C' to delete\n");
}

TEST_F(Loading, TellsAllProblemsOfAFileAndKeepsNothingOfIt)
{
    EXPECT_EQ(load("record(ai,OLD){field(DESC,\"before\")}"), "1");
    const std::string problems = load("record(ai,NEW){field(HIHO,1)\nfield(HIHI,x)}\n"
                                      "record(ao, \"B.C\") {field(VAL,1)}\n"
                                      "record(aii,D){field(VAL,1)}\n"
                                      "record(calc,E){field(CALC,\"A+\")\nfield(SCAN,\"sometimes\")}\n"
                                      "record(ai,OLD){field(DESC,\"after\") alias(NEW)}\n"
                                      "alias(NONE,G) alias(OLD,\"\")");
    const std::vector<std::string_view> expected{
        "x.db:1:22: NEW.HIHO: ",
        "did you mean 'HIHI'?",
        "\nx.db:2:12: NEW.HIHI: ",
        "\nx.db:3:12: the record name 'B.C' cannot hold '.'\n",
        "x.db:4:8: ",
        "\nx.db:5:27: E.CALC: ",
        "\nx.db:6:12: E.SCAN: ",
        "\nx.db:7:42: ",
        "\nx.db:8:7: there is no record 'NONE' to give the alias 'G'; define it before\n",
        "x.db:8:25: a record name cannot be empty"};
    std::size_t at = 0;
    for (const std::string_view part : expected) {
        at = problems.find(part, at);
        ASSERT_NE(at, std::string::npos) << part << " is missing, or not in its place, in\n" << problems;
    }
    EXPECT_EQ(std::ranges::count(problems, '\n'), 8);
    EXPECT_EQ(database.size(), 1u);
    EXPECT_FALSE(database.find("NEW"));
    EXPECT_EQ(text("OLD", "DESC"), "before");
    EXPECT_EQ(load("record(ai,NEW){}"), "1") << "what was taken back is no obstacle";
}

TEST_F(Loading, ASyntaxErrorIsTheLastProblemAndKeepsNothing)
{
    const std::string problems = load("record(ai,A){field(NONE,1)}\nrecord(ai B)\nrecord(ai,C){field(NONE,1)}");
    EXPECT_TRUE(problems.starts_with("x.db:1:20: A.NONE: ")) << problems;
    EXPECT_TRUE(problems.ends_with("\nx.db:2:11: ',' after the record type was expected, found 'B'")) << problems;
    EXPECT_EQ(database.size(), 0u);
}

TEST_F(Loading, StopsAfterTwentyProblems)
{
    std::string text;
    for (int i = 0; i < 30; ++i) {
        text += "record(ai,\"\")\n";
    }
    const std::string problems = load(text);
    EXPECT_EQ(std::ranges::count(problems, '\n'), 20);
    EXPECT_NE(problems.find("x.db:20:11: "), std::string::npos);
    EXPECT_TRUE(problems.ends_with("\nthese are the first 20 problems; mend them first")) << problems;
}

TEST_F(Loading, RefusesReferencesThatWereNotExpanded)
{
    EXPECT_EQ(
        load("record(ai,A){field(DESC,'$(P)')}", "P=1"),
        "x.db:1:25: A.DESC: the macro reference in '$(P)' was kept by quotes or a backslash; EPICS takes none in a "
        "field: write it in double quotes");
}

TEST_F(Loading, WarnsOfOddNames)
{
    EXPECT_EQ(load("record(ai,\"-A\")"), "1");
    EXPECT_EQ(log.lines, "x.db:1:11: the record name '-A' should not begin with '-'\n");
}

TEST_F(Loading, TakesSubstitutionsAsOneLoad)
{
    files.set("t.db", "record(ai,\"$(P)\"){field(DESC,\"$(D=)\") field(HIHI,$(H))}");
    files.set("good.sub", "file t.db{pattern{P,H,D}{A,1,\"x y\"}{B,2}}");
    files.set("bad.sub", "file t.db{{P=C,H=1}\n{P=D,H=x}\n{P=E}}");
    const Macros macros;
    const Reading reading{files, macros, search, limits};
    EXPECT_EQ(load_substitutions(database, "good.sub", reading, log), 2u);
    EXPECT_EQ(text("A", "DESC"), "x y");
    try {
        load_substitutions(database, "bad.sub", reading, log);
        FAIL() << "bad.sub was taken";
    } catch (const base::Problem& problem) {
        const std::string problems = problem.what();
        EXPECT_TRUE(problems.starts_with("t.db:1:50: D.HIHI: ")) << problems;
        EXPECT_NE(problems.find("; with the values at bad.sub:2:1\nt.db:1:50: macro 'H' is not defined"),
                  std::string::npos)
            << problems;
        EXPECT_TRUE(problems.ends_with("; with the values at bad.sub:3:1")) << problems;
    }
    EXPECT_FALSE(database.find("C"));
}

TEST_F(Loading, IsRefusedOnceTheDatabaseRuns)
{
    database.start(base::Steady{});
    EXPECT_EQ(load("record(ai,A)"), "'x.db' cannot be loaded: records are made before iocInit");
}

} // namespace
} // namespace iochron::db::load
