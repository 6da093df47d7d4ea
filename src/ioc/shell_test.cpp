#include "base/problem.h"
#include "ioc/ioc.h"
#include "ioc/shell.h"

#include <gtest/gtest.h>

#include <sstream>

namespace iochron::ioc {
namespace {

using Words = std::vector<std::string>;

TEST(SplitLine, ReadsBothFormsOfACommand)
{
    EXPECT_EQ(split_line("dbl"), Words{"dbl"});
    EXPECT_EQ(split_line("  dbpf REC.VAL 3 "), (Words{"dbpf", "REC.VAL", "3"}));
    EXPECT_EQ(split_line("dbLoadRecords(\"a b.db\", \"P=X,N=1\")"), (Words{"dbLoadRecords", "a b.db", "P=X,N=1"}));
    EXPECT_EQ(split_line("echo 'a \"b' c\\ d"), (Words{"echo", "a \"b", "c d"}));
    EXPECT_TRUE(split_line("# dbl").empty());
    EXPECT_TRUE(split_line("   ").empty());
    EXPECT_EQ(split_line("dbpf A \"\""), (Words{"dbpf", "A", ""}));
    EXPECT_THROW((void)split_line("echo \"open"), base::Problem);
}

class ShellTest : public testing::Test {
  protected:
    std::string run(std::string_view line)
    {
        out_.str({});
        errors_.str({});
        (void)shell.line(line);
        return out_.str() + errors_.str();
    }

    Ioc ioc{{.serve_ca = false, .serve_pva = false}};
    std::ostringstream out_;
    std::ostringstream errors_;
    Shell shell{ioc, out_, errors_};
};

TEST_F(ShellTest, LoadsStartsAndLooks)
{
    ioc.load_text("record(ai, \"$(P)A\") { field(VAL, \"1.5\") field(EGU, \"mm\") }", "a.db", "P=T:");
    EXPECT_EQ(run("dbl"), "T:A\n");
    EXPECT_EQ(run("iocInit"), "iocRun: All initialization complete\n");
    EXPECT_EQ(run("dbgf T:A"), "T:A.VAL = \"1.5\"\n");
    EXPECT_EQ(run("dbpf T:A.EGU cm"), "T:A.EGU = \"cm\"\n");
    EXPECT_EQ(run("dbpf(\"T:A\", \"2.25\")"), "T:A.VAL = \"2.25\"\n");
    EXPECT_NE(run("dbpr T:A").find("EGU   cm\n"), std::string::npos);
    EXPECT_NE(run("counters").find("db.processed"), std::string::npos);
}

TEST_F(ShellTest, SaysWhatIsWrongAndWhatHelps)
{
    EXPECT_EQ(run("dbll"), "there is no command 'dbll'; did you mean 'dbl'?; help lists them\n");
    EXPECT_EQ(run("dbgf NOBODY"), "there is no record 'NOBODY'; dbl lists them\n");
    EXPECT_NE(run("dbLoadRecords(nowhere.db)").find("nowhere.db"), std::string::npos);
    EXPECT_NE(run("< nowhere.cmd").find("cannot be opened"), std::string::npos);
    EXPECT_FALSE(shell.done());
    (void)shell.line("exit");
    EXPECT_TRUE(shell.done());
}

TEST_F(ShellTest, VariablesAreForLinesAndFiles)
{
    EXPECT_EQ(run("epicsEnvSet(WHO, you)"), "");
    EXPECT_EQ(run("echo hello $(WHO) $(NOT_SET=default)"), "hello you default\n");
}

} // namespace
} // namespace iochron::ioc
