#include "db/load/substitutions.h"

#include "db/load/recorded.h"

#include <gtest/gtest.h>

namespace iochron::db::load {
namespace {

const base::Limits limits;

std::string told(std::string_view text, std::string_view definitions = "", std::string_view path = "")
{
    MemoryFiles files{{"one.db", "record(ai,\"$(P)$(N=0)\")"},
                      {"sub/two.db", "record(ao,\"$(P)\"){field(DESC,\"$(D)\")}"},
                      {"bad.db", "record(ai,\"$(P)\"){\n field(A,\"$(Q)\")}"}};
    const Macros macros(definitions);
    const SearchPath search(path);
    Recorded recorded;
    try {
        read_substitutions_text("x.sub", text, {files, macros, search, limits}, recorded);
    } catch (const base::Problem& problem) {
        recorded.text += problem.what();
    }
    return recorded.text;
}

std::string records(std::initializer_list<std::string_view> names)
{
    std::string all;
    for (const std::string_view name : names) {
        all.append("record ai ").append(name).append("\nend\n");
    }
    return all;
}

TEST(Substitutions, LoadsATemplateForEachPattern)
{
    EXPECT_EQ(told("# motors\nfile one.db {\n pattern { P, N }\n { A:, 1 }\n { \"B:\" 2 }\n {C:}\n}\n"),
              records({"A:1", "B:2", "C:0"}));
    EXPECT_EQ(told("file \"one.db\"{pattern{P}{A}{B=C}pattern{N,P}{1,X}}"), records({"A0", "B=C0", "X1"}));
    EXPECT_EQ(told("file one.db {}"), "");
    EXPECT_EQ(told("file one.db { pattern {P} }"), "");
    EXPECT_EQ(told("file one.db { pattern {P} {} }", "P=x"), records({"x0"}));
}

TEST(Substitutions, LoadsATemplateForEachSetOfDefinitions)
{
    EXPECT_EQ(told("file one.db { {P=A:,N=1} {P=\"B:\" N='2',} {} }", "P=x"), records({"A:1", "B:2", "x0"}));
}

TEST(Substitutions, GlobalsHoldFromThereOn)
{
    EXPECT_EQ(told("global{N=7}file one.db{{P=A}global{P=G, N=8}{}{P=B}}global{N=9}file one.db{pattern{P}{C}}"),
              records({"A7", "G8", "B8", "C9"}));
}

TEST(Substitutions, ValuesAreExpandedWhenTheyAreUsed)
{
    EXPECT_EQ(told("file two.db{{P=$(S):a, D=\"x, 'y' $(S)\"}{P=b,D='say, hi'}}", "S=SR", "sub"),
              "record ao SR:a\nfield DESC = x, 'y' SR\nend\n"
              "record ao b\nfield DESC = say, hi\nend\n");
}

TEST(Substitutions, FindsTemplatesByNameAndPath)
{
    EXPECT_EQ(told("file $(F).db{{P=A}}", "F=one"), records({"A0"}));
    EXPECT_EQ(told("file two.db{{P=A,D=1}}", "", "sub"), "record ao A\nfield DESC = 1\nend\n");
    EXPECT_EQ(told("\nfile two.db{{P=A,D=1}}"), "x.sub:2:6: there is no file 'two.db' in: .; add its directory with -I "
                                                "or addpath \"...\"");
}

TEST(Substitutions, ProblemsOfATemplateNameTheSet)
{
    EXPECT_EQ(told("file bad.db {\n{P=A,Q=1}\n {P=B}}"),
              "record ai A\nfield A = 1\nend\nrecord ai B\n"
              "bad.db:2:11: macro 'Q' is not defined; define Q=value, or write $(Q=default); did you mean 'P'?; with "
              "the values at x.sub:3:2");
}

TEST(Substitutions, SaysWhatWasExpected)
{
    EXPECT_EQ(told("fiel one.db {}"), "x.sub:1:1: 'file NAME {' or 'global {' was expected, found 'fiel'");
    EXPECT_EQ(told("file {}"), "x.sub:1:6: a template's file name was expected, found '{'");
    EXPECT_EQ(told("file one.db one.db"), "x.sub:1:13: '{' after the template's name was expected, found 'one.db'");
    EXPECT_EQ(told("file one.db {"),
              "x.sub:1:14: a set of values in { } or '}' was expected, found the end of the file");
    EXPECT_EQ(told("file one.db {A {P=1}}"), "x.sub:1:14: '{', pattern, global or '}' was expected, found 'A'");
    EXPECT_EQ(told("file one.db {pattern{P}{A,B}}"),
              "x.sub:1:27: there are more values than the 1 names of the "
              "pattern; take the rest out, or quote values with space or commas");
    EXPECT_EQ(told("file one.db {{A,B}}"),
              "x.sub:1:16: '=' after the macro name (names in a row need a pattern) was expected, found ','");
    EXPECT_EQ(told("file one.db {{P=}}"), "x.sub:1:17: a value (an empty one is \"\") was expected, found '}'");
    EXPECT_EQ(told("file one.db {{P=\"x\n\"}}"),
              "x.sub:1:17: the string is not closed; \" was expected before the end of the line");
    EXPECT_EQ(told("global{P=1"), "x.sub:1:11: NAME=value or '}' was expected, found the end of the file");
}

} // namespace
} // namespace iochron::db::load
