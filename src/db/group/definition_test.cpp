#include "db/group/definition.h"

#include "db/group/field_name.h"
#include "db/group/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace iochron::db::group {
namespace {

constexpr std::size_t depth = 64;

struct Read {
    Definitions groups;
    Report report;
};

Read read(std::string_view text, std::string prefix = {})
{
    Read all;
    const auto locate = [&](std::size_t at) { return base::Place{"info", 1, at + 1}; };
    if (prefix.empty()) {
        read_groups(GroupFile{"g.json", std::string(text)}, depth, all.groups, all.report);
    } else {
        read_groups({text, std::move(prefix), locate}, depth, all.groups, all.report);
    }
    return all;
}

std::string first_error(std::string_view text)
{
    const Read all = read(text);
    return all.report.errors.empty() ? "no error" : all.report.errors.front();
}

TEST(GroupDefinitionTest, AFileOfGroups)
{
    const Read all = read(R"(/* two groups */ {
        "grp:a": { "+id": "epics:nt/NTTable:1.0", "+atomic": false,
            "x.y": {"+channel": "r.VAL", "+type": "plain", "+putorder": -2, "+trigger": "x.y, z"},
            "": {"+type": "meta", "+channel": "r.SEVR", "+id": "i"}, // all of it
        },
        'grp:b': {n: {"+type": 'const', "+const": 0x10}, s: {"+type": "const", "+const": "a\"b"},
                  d: {"+type": "const", "+const": -1.5e3}, t: {"+type": "const", "+const": true}},
    })");
    ASSERT_TRUE(all.report.errors.empty()) << all.report.errors.front();
    const Definition& a = all.groups.at("grp:a");
    EXPECT_EQ(a.id, "epics:nt/NTTable:1.0");
    EXPECT_EQ(a.atomic, false);
    EXPECT_EQ(a.place.line, 2U);
    EXPECT_EQ(a.place.column, 9U);
    const FieldDefinition& y = a.fields.at("x.y");
    EXPECT_EQ(y.kind, Kind::plain);
    EXPECT_EQ(y.channel, "r.VAL");
    EXPECT_EQ(y.put_order, -2);
    EXPECT_EQ(y.trigger, "x.y, z");
    EXPECT_EQ(a.fields.at("").kind, Kind::meta);
    const auto& b = all.groups.at("grp:b").fields;
    EXPECT_EQ(b.at("n").constant, pv::Value::of(std::int64_t{16}));
    EXPECT_EQ(b.at("s").constant.text(), "a\"b");
    EXPECT_EQ(b.at("d").constant, pv::Value::of(-1500.0));
    EXPECT_EQ(b.at("t").constant, pv::Value::of(true));
}

TEST(GroupDefinitionTest, AnInfoItemNamesFieldsOfItsRecord)
{
    EXPECT_EQ(read(R"({"g":{"X":{"+channel":"VAL"}}})", "rec:X.").groups.at("g").fields.at("X").channel, "rec:X.VAL");
}

TEST(GroupDefinitionTest, LaterTextsAmendEarlierOnes)
{
    Read all = read(R"({"g":{"+id":"one", "X":{"+channel":"a.VAL", "+putorder":1}}})");
    Report report;
    read_groups({R"({"g":{"+id":"two", "X":{"+trigger":"*"}}})", "",
                 [](std::size_t at) { return base::Place{"later", 1, at + 1}; }},
                depth, all.groups, report);
    EXPECT_EQ(all.groups.at("g").fields.at("X").trigger, "*");
    EXPECT_EQ(all.groups.at("g").fields.at("X").put_order, 1);
    EXPECT_EQ(all.groups.at("g").id, "two");
    ASSERT_EQ(report.warnings.size(), 1U);
    EXPECT_EQ(report.warnings[0], "later:1:13: group \"g\": +id was \"one\" before; the last one counts");
}

TEST(GroupDefinitionTest, MistakesAreNamedWithTheirPlace)
{
    EXPECT_EQ(first_error("{\"g\":{\"X\":{\"+type\":\"plian\"}}}"),
              "g.json:1:20: group \"g\", field \"X\": +type is one of scalar, plain, any, meta, proc, "
              "structure, const, not \"plian\"; did you mean 'plain'?");
    EXPECT_EQ(first_error("{\"g\":\n {\"X\": {+channel:\"VAL\"}}}"),
              "g.json:2:9: the key +channel must stand in quotes: \"+channel\"");
    EXPECT_EQ(first_error("{\"g\":{\"X\":{\"+channel\":\"VAL\"}}"),
              "g.json:1:30: ',' or '}' was expected behind the value of \"g\", the text ends here");
    EXPECT_EQ(first_error("{\"g\":{\"X\":{\"+putorder\":\"first\"}}}"),
              "g.json:1:24: group \"g\", field \"X\": +putorder is an integer, not a text");
    EXPECT_EQ(first_error("{\"g\":{\"X\":{\"+channel\":[1]}}}"),
              "g.json:1:23: group \"g\", field \"X\": +channel cannot be a list");
    EXPECT_EQ(first_error("{\"g\":{\"+atomic\":2}}"),
              "g.json:1:17: group \"g\": +atomic is true or false, not an integer");
    EXPECT_EQ(first_error("{\"g\":{\"X\":7}}"),
              "g.json:1:7: group \"g\": the field \"X\" is an object with its mapping, not an integer");
    EXPECT_EQ(first_error("[]"), "g.json:1:1: groups are an object, {\"name\": {...}}, not a list");
    EXPECT_EQ(first_error("{\"\":{}}"), "g.json:1:2: the name of a group cannot be empty");
    EXPECT_EQ(first_error("{\"g\":{}} x"), "g.json:1:10: nothing may follow the closing bracket");
    EXPECT_EQ(first_error("{\"g\":{\"X\":{\"+const\":null}}}"),
              "g.json:1:21: group \"g\", field \"X\": +const is a number, a text, true or false, not null");
    EXPECT_EQ(first_error("{\"g\":{\"a[x]\":{}}}"),
              "g.json:1:7: group \"g\", field \"a[x]\": '[x]' is no index; write it as in \"a[0]\"");
}

TEST(GroupDefinitionTest, AnErrorBreaksItsGroupAlone)
{
    const Read all = read(R"({"bad":{"X":{"+type":"none"}}, "good":{"X":{"+channel":"r"}}})");
    EXPECT_TRUE(all.groups.at("bad").broken);
    EXPECT_FALSE(all.groups.at("good").broken);
}

TEST(GroupDefinitionTest, AnUnknownKeyIsAWarning)
{
    const Read all = read(R"({"g":{"X":{"+channel":"r","+triger":"*"}, "+meta":"VAL"}})");
    EXPECT_TRUE(all.report.errors.empty());
    ASSERT_EQ(all.report.warnings.size(), 2U);
    EXPECT_EQ(
        all.report.warnings[0],
        "g.json:1:27: group \"g\", field \"X\": there is no key +triger (known are +type, +channel, +id, +trigger, "
        "+putorder, +const), so it is not followed; did you mean '+trigger'?");
    EXPECT_FALSE(all.groups.at("g").broken);
}

TEST(GroupDefinitionTest, DepthAndLengthAreBounded)
{
    EXPECT_EQ(first_error(std::string(100, '[')), "g.json:1:65: JSON nests deeper than 64");
    std::string deep = "{\"g\":{\"a";
    for (int i = 0; i < 30; ++i) {
        deep += ".a";
    }
    EXPECT_NE(first_error(deep + "\":{}}}").find("the name has more than 20 parts"), std::string::npos);
    EXPECT_NE(first_error("{\"g\":{\"a[4000000000]\":{}}}").find("the index 4000000000 is too large"),
              std::string::npos);
    std::string many = "{\"g\":{";
    for (int i = 0; i < 150; ++i) {
        many += "\"f" + std::to_string(i) + "\":0,";
    }
    const Read all = read(many + "}}");
    EXPECT_EQ(all.report.errors.size(), Report::most);
    EXPECT_EQ(all.report.more, 50U);
}

TEST(GroupDefinitionTest, FieldNames)
{
    const auto parts = parse_field_name("dimension[12].size.x");
    ASSERT_TRUE(parts);
    EXPECT_EQ(*parts, (std::vector<NamePart>{{"dimension", 12}, {"size"}, {"x"}}));
    EXPECT_TRUE(parse_field_name("")->empty());
    for (const char* bad : {".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[-1]", "a[1]b", "a b", "a[1"}) {
        EXPECT_FALSE(parse_field_name(bad)) << bad;
    }
}

TEST(GroupJsonTest, NumbersAsJson5HasThem)
{
    const auto json = parse_json("[+1, -0x10, .5, 5., 1e400, NaN, -Infinity, 9223372036854775808]", depth);
    EXPECT_FALSE(json); // 1e400 is no number of a double
    EXPECT_EQ(parse_json("-9223372036854775808", depth)->integer, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(parse_json("9223372036854775808", depth)->real, 9223372036854775808.0);
    EXPECT_EQ(parse_json(" .5", depth)->real, 0.5);
    EXPECT_TRUE(std::isnan(parse_json("NaN", depth)->real));
    EXPECT_EQ(parse_json("-Infinity", depth)->real, -std::numeric_limits<double>::infinity());
    for (const char* bad : {"--1", "0x", "1x", "nan", "inf", "'a", "{a:}", "{a 1}", "/", "/* a", "", "{,}", "[,]"}) {
        EXPECT_FALSE(parse_json(bad, depth)) << bad;
    }
}

} // namespace
} // namespace iochron::db::group
