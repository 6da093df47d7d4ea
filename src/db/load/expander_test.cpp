#include "db/load/expander.h"

#include <gtest/gtest.h>

namespace iochron::db::load {
namespace {

const base::Limits limits;
const std::string file = "x.db";

std::string expand(std::string_view definitions, std::string_view text)
{
    const Macros macros(definitions);
    try {
        return Expander(macros, limits).expand(text, {&file, 3, 1});
    } catch (const base::Problem& problem) {
        return problem.what();
    }
}

std::string line(std::string_view definitions, std::string_view text)
{
    const Macros macros(definitions);
    ExpandedLine expanded;
    Expander(macros, limits).expand_line(text, {&file, 3, 1}, expanded);
    return expanded.text;
}

TEST(Expander, ReplacesReferencesOfBothForms)
{
    EXPECT_EQ(expand("FOO=BLETCH", "FOO"), "FOO");
    EXPECT_EQ(expand("FOO=BLETCH", "x${FOO}y$(FOO)z"), "xBLETCHyBLETCHz");
    EXPECT_EQ(expand("FOO=", "x$(FOO)y"), "xy");
    EXPECT_EQ(expand("FOO=1", "$FOO $ $$(FOO) ()"), "$FOO $ $1 ()");
}

TEST(Expander, TakesDefaults)
{
    EXPECT_EQ(expand("", "x${FOO=}y"), "xy");
    EXPECT_EQ(expand("", "x${FOO=BAR}y"), "xBARy");
    EXPECT_EQ(expand("FOO=BLETCH", "x${FOO=${BAZ}}y"), "xBLETCHy") << "a default that is not used need not resolve";
    EXPECT_EQ(expand("FOO=BLETCH", "w${BAR=x${FOO}y}z"), "wxBLETCHyz");
    EXPECT_EQ(expand("", "$(A=$(B=x))"), "x");
    EXPECT_EQ(expand("", "x${=BAR}y"), "xBARy");
    EXPECT_EQ(expand("", "$(A=b c)"), "b c");
    EXPECT_EQ(expand("", "$(A=b\\,c\\)d)"), "b,c)d") << "an escape protects what ends a default, quotes do not";
}

TEST(Expander, TakesScopedValuesForTheInsideOnly)
{
    EXPECT_EQ(expand("FOO=BLETCH", "${FOO,FOO}"), "BLETCH");
    EXPECT_EQ(expand("FOO=BLETCH,BAR=GLEEP", "x${FOO,BAR=x}/${BAR}y"), "xBLETCH/GLEEPy");
    EXPECT_EQ(expand("FOO=BLETCH", "${FOO,FOO=BAR}"), "BAR");
    EXPECT_EQ(expand("FOO=BLETCH", "x${BAR,BAR=${${FOO}},BLETCH=GRIBBLE}y"), "xGRIBBLEy");
    EXPECT_EQ(expand("FOO=BLETCH", "x${${BAR,BAR=${FOO}},BLETCH=GRIBBLE}y"), "xGRIBBLEy");
    EXPECT_EQ(expand("FOO=BLETCH", "${N=${FOO}/${BAR},BAR=GLEEP}"), "BLETCH/GLEEP");
    EXPECT_EQ(expand("FOO=${BAR},BAR=GLEEP", "${FOO=BLETCH,BAR=BAZ}"), "BAZ");
    EXPECT_EQ(expand("FOO=${BAR},BAR=${BAZ=GRIBBLE}", "${FOO,BAZ=GEEK} ${FOO}"), "GEEK GRIBBLE");
    EXPECT_EQ(expand("", "x${,=}y"), "xy");
    EXPECT_EQ(expand("", "x${FOO=,BAR}y"), "xy");
    EXPECT_EQ(expand("", "x${FOO=${BAR},BAR=}y"), "xy");
}

TEST(Expander, ResolvesNamesMadeOfReferences)
{
    EXPECT_EQ(expand("FOO=BLETCH,BLETCH=BAR", "x${${FOO}}y"), "xBARy");
    EXPECT_EQ(expand("FOO=BLETCH,BLETCH=BAR", "${${FOO}=GRIBBLE}"), "BAR");
    EXPECT_EQ(expand("FOO=BLETCH,BLETCH=${BAR},BAR=GLEEP", "${${FOO}} ${BLETCH=${FOO}}"), "GLEEP GLEEP");
    EXPECT_EQ(expand("B=1,A1=x", "$(A$(B))"), "x");
}

TEST(Expander, KeepsTheQuotesOfTheTextAndDropsThoseOfValues)
{
    EXPECT_EQ(expand("A='x y'", "\"$(A)\""), "\"x y\"");
    EXPECT_EQ(expand("A=\"it's\"", "$(A)"), "it's");
    EXPECT_EQ(expand("A=1", "'$(A)' \"$(A)\""), "'$(A)' \"1\"") << "single quotes keep a reference as it stands";
    EXPECT_EQ(expand("A=1", "\"it's $(A)\""), "\"it's 1\"") << "an apostrophe inside quotes is none of them";
    EXPECT_EQ(expand("A=1", "\\$(A) \\\\"), "\\$(A) \\\\");
    EXPECT_EQ(expand("A=a\\\"b", "$(A)"), "a\"b");
    EXPECT_EQ(expand("A='$(B)',B=2", "$(A)"), "$(B)");
}

TEST(Expander, NamesWhatIsUndefined)
{
    EXPECT_EQ(expand("DEVICE=1", "ab$(DEVICF)"), "x.db:3:3: macro 'DEVICF' is not defined; define DEVICF=value, or "
                                                 "write $(DEVICF=default); did you mean 'DEVICE'?");
    EXPECT_EQ(expand("OUTER=$(INNER),INNER=$(PORT)", "$(OUTER)"),
              "x.db:3:1: macro 'PORT' is not defined, used in the value of OUTER in that of INNER; define PORT=value, "
              "or write $(PORT=default)");
    EXPECT_NE(expand("", "${FOO,BAR=baz,FUM}").find("'FOO' is not defined"), std::string::npos);
}

TEST(Expander, FindsRecursion)
{
    for (const auto& [definitions, text] :
         {std::pair{"FOO=$(BAR),BAR=$(FOO)", "$(FOO)"}, std::pair{"FOO=$(FOO)", "$(FOO)"},
          std::pair{"", "${FOO,FOO=${FOO}}"}, std::pair{"", "${FOO,FOO=${BAR},BAR=${FOO}}"}}) {
        EXPECT_NE(expand(definitions, text).find("is recursive"), std::string::npos) << definitions << ' ' << text;
    }
}

TEST(Expander, RefusesWhatIsNotClosed)
{
    const std::string_view words = "is not closed; ')' was expected before the end of the line";
    EXPECT_NE(expand("A=1", "$(A").find(words), std::string::npos);
    EXPECT_NE(expand("A=1", "$(A=b").find(words), std::string::npos);
    EXPECT_NE(expand("A=1", "$(A=$(B)").find(words), std::string::npos);
    EXPECT_NE(expand("A=1", "$(A,B=1").find(words), std::string::npos);
    EXPECT_NE(expand("A=$(B,B=1)", "$(").find(words), std::string::npos);
}

TEST(Expander, BoundsDepthSizeAndWork)
{
    std::string nested;
    for (int i = 0; i < 100; ++i) {
        nested += "$(A=";
    }
    EXPECT_NE(expand("", nested + std::string(100, ')')).find("nest deeper than 64"), std::string::npos);
    std::string doubling = "M0=";
    for (int i = 1; i < 60; ++i) {
        doubling += ",M" + std::to_string(i) + "=$(M" + std::to_string(i - 1) + ")$(M" + std::to_string(i - 1) + ")";
    }
    EXPECT_NE(expand(doubling, "$(M59)").find("come to more than"), std::string::npos)
        << "2^59 references to nothing must not be followed";
}

TEST(Expander, LeavesCommentsAlone)
{
    EXPECT_EQ(line("A=1", "field(A,\"$(A)\") # $(NONE"), "field(A,\"1\") ");
    EXPECT_EQ(line("IF=#", "$(IF) field(A,\"$(NONE)\")"), "");
    EXPECT_EQ(line("IF=", "$(IF=#) field(A,\"#$(IF)\")"), " field(A,\"#\")");
    EXPECT_EQ(line("A=1", "\"\\\"#\"$(A)#"), "\"\\\"#\"1") << "an escaped quote does not end a string";
}

TEST(Expander, KnowsWhereEachByteWasWritten)
{
    const Macros macros("A=long value,B=");
    ExpandedLine expanded;
    Expander(macros, limits).expand_line("ab$(A)cd$(B)ef", {&file, 3, 5}, expanded);
    ASSERT_EQ(expanded.text, "ablong valuecdef");
    EXPECT_EQ(expanded.column(1), 6u);
    EXPECT_EQ(expanded.column(2), 7u) << "all of a value stands at its reference";
    EXPECT_EQ(expanded.column(11), 7u);
    EXPECT_EQ(expanded.column(12), 11u);
    EXPECT_EQ(expanded.column(14), 17u);
    EXPECT_EQ(expanded.column(15), 18u);
}

} // namespace
} // namespace iochron::db::load
