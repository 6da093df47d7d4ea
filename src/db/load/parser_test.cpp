#include "db/load/parser.h"

#include "db/load/recorded.h"

#include <gtest/gtest.h>

namespace iochron::db::load {
namespace {

const base::Limits limits;

/// What the text tells; or, behind that, what is wrong with it.
std::string told(std::string_view text, std::string_view definitions = "", bool places = false)
{
    MemoryFiles files;
    const Macros macros(definitions);
    const SearchPath search;
    Recorded recorded;
    recorded.places = places;
    try {
        read_db_text("x.db", text, {files, macros, search, limits}, recorded);
    } catch (const base::Problem& problem) {
        recorded.text += problem.what();
    }
    return recorded.text;
}

/// The value that a field has when it is written like this.
std::string value(std::string_view written)
{
    const std::string all = told("record(ai,\"X\"){field(DESC," + std::string(written) + ")}");
    const std::size_t begin = all.find("DESC ");
    return begin == std::string::npos ? all.substr(all.find('\n') + 1)
                                      : all.substr(begin + 5, all.rfind("\nend") - begin - 5);
}

TEST(Parser, TellsRecordsFieldsInfosAndAliases)
{
    EXPECT_EQ(told(R"(
# a comment with "quotes
record(calc, "PV1") {   # another
    field(CALC, "A+1")
    field(INPA, "PV1.VAL NPP")
    info(autosaveFields, "VAL")
    alias("PV1:ALIAS")
}
record(ai, X:Y) {}
record("bo", "B")
grecord(ao, "G") { field("VAL", 1) }
record("*", "PV1") { field(SCAN, ".1 second") }
alias("G", "H")
)"),
              "record calc PV1\n"
              "field CALC = A+1\n"
              "field INPA = PV1.VAL NPP\n"
              "info autosaveFields = VAL\n"
              "alias PV1:ALIAS\n"
              "end\n"
              "record ai X:Y\nend\n"
              "record bo B\nend\n"
              "record ao G\nfield VAL = 1\nend\n"
              "record * PV1\nfield SCAN = .1 second\nend\n"
              "alias G H\n");
}

TEST(Parser, TakesAnyLayout)
{
    EXPECT_EQ(told(""), "");
    EXPECT_EQ(told("\xEF\xBB\xBFrecord(ai,X)"), "record ai X\nend\n");
    EXPECT_EQ(told("record(ai,X){field(A,1)field(B,2)}record(ai,Y){}"),
              "record ai X\nfield A = 1\nfield B = 2\nend\nrecord ai Y\nend\n");
    EXPECT_EQ(told("record\r\n(\r\nai\t,\n#c\n\"X\"\n)\n{\n}\n#"), "record ai X\nend\n");
}

TEST(Parser, TellsWhereNamesAndValuesStand)
{
    EXPECT_EQ(told("record(ai, \"X\") {\n  field(A, $(V)) field(BB, \"$(V)\")\n}", "V=long text", true),
              "record ai@x.db:1:8 X@x.db:1:12\n"
              "x.db:2:12: ')' after the value (only letters, digits and _-+. need no quotes) was expected, found "
              "'text'");
    EXPECT_EQ(told("record(ai, \"$(P)X\") { field(A, \"$(P)\")\nfield(B, 2)}", "P=abcdefg", true),
              "record ai@x.db:1:8 abcdefgX@x.db:1:12\n"
              "field A@x.db:1:29 = abcdefg@x.db:1:32\n"
              "field B@x.db:2:7 = 2@x.db:2:10\nend\n");
}

TEST(Parser, ResolvesEscapesInValuesOnly)
{
    EXPECT_EQ(value(R"("a\"b\\c\'d\$e")"), "= a\"b\\c'd$e");
    EXPECT_EQ(value(R"("\a\b\f\n\r\t\v")"), "= \a\b\f\n\r\t\v");
    EXPECT_EQ(value(R"("\x41\x7e\u0041\u00b5\u20ac\ud83d\ude00")"), "= A~Aµ€😀");
    EXPECT_EQ(value(R"('single "quoted" it\'s')"), "= single \"quoted\" it's");
    EXPECT_EQ(value("\"it's µm\""), "= it's µm");
    EXPECT_EQ(value("\"\""), "= ");
    EXPECT_EQ(told(R"(record(ai,"a\tb"))"), "record ai a\\tb\nend\n");
}

TEST(Parser, RefusesBadStrings)
{
    EXPECT_EQ(value(R"("ab\1")"), "x.db:1:30: a backslash before a digit means nothing here; write \\\\ for a "
                                  "backslash, \\xHH for a byte");
    EXPECT_EQ(value(R"("\xg1")"), "x.db:1:28: \\x needs two hexadecimal digits that are not both 0, as in \\x7f");
    EXPECT_EQ(value(R"("\u12")"), "x.db:1:28: \\u needs four hexadecimal digits, as in \\u00b5");
    EXPECT_EQ(value(R"("\ud83d")"),
              "x.db:1:28: this \\u is half of a surrogate pair; write both halves, or the character itself");
    EXPECT_EQ(value("\"a\tb\""), "x.db:1:29: a tab cannot stand in a string; write \\t");
    EXPECT_EQ(value("\"a\x01\""), "x.db:1:29: the byte 0x01 cannot stand in a string; write \\x01");
    EXPECT_EQ(value("\"ab\n\""), "x.db:1:27: the string is not closed; \" was expected before the end of the line");
    EXPECT_EQ(told("record(ai,\"X\n\")"),
              "x.db:1:11: the string is not closed; '\"' was expected before the end of the line");
}

TEST(Parser, TakesBareValues)
{
    EXPECT_EQ(value("10"), "= 10");
    EXPECT_EQ(value("-1.5e+3"), "= -1.5e+3");
    EXPECT_EQ(value("NO_ALARM"), "= NO_ALARM");
    EXPECT_EQ(value("true"), "= true");
    EXPECT_EQ(value("X:Y"),
              "x.db:1:28: ')' after the value (only letters, digits and _-+. need no quotes) was expected, found ':Y'");
    EXPECT_EQ(value("@asyn"), "x.db:1:27: '@' cannot stand in a bare value; write the value in double quotes");
    EXPECT_EQ(value(""), "x.db:1:27: a value (a bare word, \"a string\" or JSON) was expected, found ')'");
    EXPECT_EQ(told("record(ai,X){field(A,"),
              "record ai X\nx.db:1:22: a value (a bare word, \"a string\" or JSON) was expected, the file ends here");
}

TEST(Parser, KeepsJsonAsEpicsDoes)
{
    EXPECT_EQ(value("{}"), "json {}");
    EXPECT_EQ(value("[]"), "json []");
    EXPECT_EQ(value("[1, 2 , 3]"), "json [1,2,3]");
    EXPECT_EQ(value("[1,]"), "json [1,]") << "the comma tells a list of one from a name in brackets";
    EXPECT_EQ(value("{a:1,}"), "json {a:1}");
    EXPECT_EQ(value("{pva:{pv:foo, \"b\" : 'c d'}}"), "json {pva:{pv:\"foo\",\"b\":'c d'}}");
    EXPECT_EQ(value("{+channel: VAL, a-b:x, c.d:[true,false,null]}"),
              "json {\"+channel\":\"VAL\",\"a-b\":\"x\",\"c.d\":[true,false,null]}");
    EXPECT_EQ(value("[0x1F,-0.5,.5,5.,1e3,NaN,-Infinity,007,1.2.3,+,-x]"),
              "json [0x1F,-0.5,.5,5.,1e3,NaN,-Infinity,\"007\",\"1.2.3\",\"+\",\"-x\"]");
    EXPECT_EQ(value("{a:\"x\\\"#\", # comment }\n b:2\n}"), "json {a:\"x\\\"#\",b:2}");
    EXPECT_EQ(told("record(ai,X){info(Q:group,{\"G\":{f:{+channel:VAL}}})}"),
              "record ai X\ninfo Q:group json {\"G\":{f:{\"+channel\":\"VAL\"}}}\nend\n");
}

TEST(Parser, RefusesBadJson)
{
    EXPECT_EQ(value("[1 2]"), "x.db:1:30: ',' or ']' was expected, found '2'");
    EXPECT_EQ(value("{a}"), "x.db:1:29: ':' after a JSON key was expected, found '}'");
    EXPECT_EQ(value("{a:}"), "x.db:1:30: a JSON value was expected, found '}'");
    EXPECT_EQ(value("{[]:1}"), "x.db:1:28: a JSON key or '}' was expected, found '['");
    EXPECT_EQ(value("[,]"), "x.db:1:28: a JSON value was expected, found ','");
    EXPECT_NE(value(std::string(100, '[')).find("JSON nests deeper than 64"), std::string::npos);
}

TEST(Parser, ExpandsMacrosLineByLine)
{
    EXPECT_EQ(told("record($(T=ai),\"$(P)X\"){\n$(IF)field(A,$(N))\n$(IF=#)field(B,$(M))\nfield(C,\"$(D)\")}",
                   "P=SR:,IF=,N=5,M=6,D='a \\\\\" b'"),
              "record ai SR:X\nfield A = 5\nfield B = 6\nfield C = a \" b\nend\n");
    EXPECT_EQ(told("record(ai,X){\n$(IF=#) field(B,$(M))\n#$(NONE)\n}"), "record ai X\nend\n");
    EXPECT_EQ(told("$(ALL)", "ALL='record(ai,X){field(A,1)}'"), "record ai X\nfield A = 1\nend\n");
    EXPECT_EQ(told("record(ai,\n$(P)\n,\n)"),
              "x.db:2:1: macro 'P' is not defined; define P=value, or write $(P=default)");
}

TEST(Parser, NamesOfOneStatementMaySpanExpandedLines)
{
    EXPECT_EQ(told("record(\n$(T)\n,\n$(N)\n)\n{field(\n$(F)\n,\n$(V)\n)}", "T=ai,N=X,F=DESC,V=v"),
              "record ai X\nfield DESC = v\nend\n");
}

TEST(Parser, SaysWhatWasExpected)
{
    EXPECT_EQ(told("recrod(ai,X)"), "x.db:1:1: 'recrod' is not a statement; expected one of record, grecord, alias, "
                                    "include, path, addpath; did you mean 'record'?");
    EXPECT_EQ(told("record ai"), "x.db:1:8: '(' after record was expected, found 'ai'");
    EXPECT_EQ(told("record(ai X)"), "x.db:1:11: ',' after the record type was expected, found 'X'");
    EXPECT_EQ(told("record(ai,)"), "x.db:1:11: a record name was expected, found ')'");
    EXPECT_EQ(told("record(ai,X){\n"), "record ai X\nx.db:2:1: field(NAME, \"value\"), info, alias, include or '}' was "
                                       "expected, found the end of the file");
    EXPECT_EQ(told("record(ai,X){\nrecord(ai,Y){}"),
              "record ai X\nx.db:2:1: '}' before the next record was expected, found 'record'");
    EXPECT_EQ(told("record(ai,X){feild(A,1)}"), "record ai X\nx.db:1:14: 'feild' is not a part of a record; expected "
                                                "one of field, info, alias, include; did you mean 'field'?");
    EXPECT_EQ(told("}"), "x.db:1:1: record(type, \"name\") or another statement was expected, found '}'");
    EXPECT_EQ(told("record(ai,'X')"), "x.db:1:11: names are not written in single quotes; write \"name\"");
    EXPECT_EQ(told("record(ai,X&)"), "x.db:1:12: '&' cannot stand here; write names with it in double quotes");
    EXPECT_EQ(told(std::string_view("\0", 1)),
              "x.db:1:1: the byte 0x00 cannot stand here; write names with it in double quotes");
}

TEST(Parser, RefusesDbdText)
{
    EXPECT_EQ(told("menu(menuScan){choice(a,\"b\")}"),
              "x.db:1:1: menu(...) is not taken: menus are built in; take the block out (a scan period of your own is "
              "named in the record, as in field(SCAN, \".05 second\"))");
    EXPECT_EQ(told("breaktable(t){0 0 1 1}"), "x.db:1:1: breaktable(...) is not taken: breakpoint tables are not built "
                                              "yet; use LINEAR SLOPE or a calc record instead");
    for (const std::string_view word :
         {"recordtype", "device", "driver", "link", "registrar", "function", "variable"}) {
        EXPECT_NE(told(std::string(word) + "(x)").find("load no .dbd text"), std::string::npos) << word;
    }
}

} // namespace
} // namespace iochron::db::load
