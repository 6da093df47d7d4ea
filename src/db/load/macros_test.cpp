#include "db/load/macros.h"

#include <gtest/gtest.h>

namespace iochron::db::load {
namespace {

std::string listed(std::string_view definitions)
{
    const Macros macros(definitions);
    std::string all;
    for (const std::string_view name : macros.names()) {
        all.append(name).append("=[").append(macros.find(name)->raw).append("]");
    }
    return all;
}

std::string complaint(std::string_view definitions)
{
    try {
        const Macros macros(definitions);
        return "none";
    } catch (const base::Problem& problem) {
        return problem.what();
    }
}

TEST(Macros, TakesDefinitionsAsDbLoadRecordsDoes)
{
    EXPECT_EQ(listed(""), "");
    EXPECT_EQ(listed("A=1"), "A=[1]");
    EXPECT_EQ(listed("A=1,B='x y',C=\"q\""), "A=[1]B=['x y']C=[\"q\"]") << "quotes stay until the value is used";
    EXPECT_EQ(listed(" A = 1 , B = two words , "), "A=[1]B=[two words]");
    EXPECT_EQ(listed("A=,B=2"), "A=[]B=[2]");
    EXPECT_EQ(listed("A="), "A=[]");
    EXPECT_EQ(listed(",,A=1,,B=2,"), "A=[1]B=[2]");
    EXPECT_EQ(listed("A=x=y"), "A=[x=y]");
    EXPECT_EQ(listed("\n A=1,\n B=2\n"), "A=[1]B=[2]");
}

TEST(Macros, QuotesAndEscapesProtectSeparators)
{
    EXPECT_EQ(listed("A='1,2',B=3"), "A=['1,2']B=[3]");
    EXPECT_EQ(listed("A=1\\,2,B=3"), "A=[1\\,2]B=[3]");
    EXPECT_EQ(listed("'A,B'=1"), "A,B=[1]");
    EXPECT_EQ(listed("A\\=B=1"), "A=B=[1]");
    EXPECT_EQ(listed("A=\\\"x,B=2"), "A=[\\\"x]B=[2]");
}

TEST(Macros, TheLaterDefinitionWinsAndANameAloneUndefines)
{
    EXPECT_EQ(listed("A=1,A=2"), "A=[2]");
    EXPECT_EQ(listed("A=1,B=2,A"), "B=[2]");
    EXPECT_EQ(listed("A,B=2"), "B=[2]");
}

TEST(Macros, SaysWhereADefinitionIsWrong)
{
    EXPECT_EQ(complaint("A=1,B='x"), "macro definitions:1:7: the quote ' is not closed; close it, or write \\'");
    EXPECT_EQ(complaint("A=1,=2"), "macro definitions:1:5: a macro name was expected before '='; write NAME=value");
}

} // namespace
} // namespace iochron::db::load
