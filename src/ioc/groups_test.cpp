#include "base/problem.h"
#include "ioc/ioc.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

using namespace iochron;

namespace {

/// Keeps the lines of an IOC's log.
/// Thread: any (looked at once the IOC has stopped)
class Kept : public base::Log {
  public:
    void write(base::Level, std::string_view, std::string_view text) override { lines.emplace_back(text); }
    std::vector<std::string> lines;
};

/// An IOC without servers, and a file of groups.
struct GroupFiles : testing::Test {
    std::string file(std::string_view text)
    {
        const std::string name =
            testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".json";
        std::ofstream(name) << text;
        return name;
    }
    std::string problem_of(const std::string& path, std::string_view macros = {})
    {
        try {
            ioc.load_groups(path, macros);
        } catch (const base::Problem& problem) {
            return problem.what();
        }
        return "none";
    }

    std::shared_ptr<Kept> log = std::make_shared<Kept>();
    Ioc ioc{{.environment = {{"EPICS_NAME", "fromEnv"}}, .log = log, .serve_ca = false, .serve_pva = false}};
};

TEST_F(GroupFiles, AreReadWithMacros)
{
    ioc.load_text(R"(record(ao, "X:A") {})", "x.db");
    const std::string path =
        file(R"json({"$(P)g":{"a":{"+channel":"$(P)A"}, "$(EPICS_NAME)":{"+type":"const","+const":1}}})json");
    ioc.load_groups(path, "P=X:");
    ioc.load_groups(path, "P=X:"); // the same again is no second
    ioc.start();
    EXPECT_EQ(ioc.groups_text(2, ""), "X:g\n  2 fields, 0 monitors\n  a <scalar> X:A, triggers\n  fromEnv <const>\n");
    EXPECT_THROW(ioc.load_groups(path, "P=Y:"), base::Problem);
    ioc.stop();
    EXPECT_TRUE(log->lines.empty()) << log->lines.front();
}

TEST_F(GroupFiles, WithMistakesAreRefusedAtOnce)
{
    const std::string path = file("{\"g\":{\n \"a\":{\"+putorder\":true}}}");
    EXPECT_EQ(problem_of(path), path + ":2:19: group \"g\", field \"a\": +putorder is an integer, not true or false");
    EXPECT_NE(problem_of("nowhere.json").find("'nowhere.json' is not there"), std::string::npos);
    EXPECT_NE(problem_of(file("{\"$(P)g\":{}}")).find(":1:3: "), std::string::npos);
}

TEST_F(GroupFiles, AreForgotten)
{
    const std::string path = file(R"({"g":{"a":{"+type":"const","+const":1}}})");
    ioc.load_groups(path, "P=1");
    ioc.load_groups(path, "P=2");
    ioc.forget_groups(path, "P=1");
    ioc.forget_groups("*");
    ioc.start();
    EXPECT_EQ(ioc.groups_text(0, ""), "");
    ioc.stop();
}

TEST_F(GroupFiles, WhatIsWrongWithAGroupIsLoggedAtStart)
{
    ioc.load_text("record(ao, \"A\") {\n info(Q:group, {\"g\":{\"a\":{+channel:\"NONE\"}}})\n}", "x.db");
    ioc.start();
    ioc.stop();
    ASSERT_EQ(log->lines.size(), 1U);
    EXPECT_EQ(log->lines[0], "x.db:2:22: group \"g\", field \"a\": there is no 'A.NONE'");
}

TEST_F(GroupFiles, AreCheckedWithoutAStart)
{
    ioc.load_text(R"(record(ao, "A") { info(Q:group, {"g":{"a":{+channel:"VAL"}}}) })", "x.db");
    EXPECT_TRUE(ioc.check_groups());
    ioc.load_groups(file(R"({"h":{"a":{"+channel":"B"}, "b":{"+channel":"A.DESC"}}})"));
    EXPECT_FALSE(ioc.check_groups());
    ASSERT_EQ(log->lines.size(), 1U);
    EXPECT_NE(log->lines[0].find(":1:7: group \"h\", field \"a\": there is no 'B'"), std::string::npos);
}

} // namespace
