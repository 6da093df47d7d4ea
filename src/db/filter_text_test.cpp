#include "db/filter_text.h"

#include <gtest/gtest.h>

using namespace iochron;
using db::parse_filters;

TEST(FilterText, ReadsRangesAsBaseDoes)
{
    const auto numbers = [](std::string_view text) {
        std::vector<std::int64_t> all;
        const auto specs = parse_filters(text);
        if (specs && specs->size() == 1) {
            for (const db::FilterSetting& setting : specs->front().settings) {
                all.push_back(std::get<std::int64_t>(setting.value));
            }
        }
        return all;
    };
    using Numbers = std::vector<std::int64_t>;
    EXPECT_EQ(numbers("[2]"), (Numbers{2, 1, 2}));
    EXPECT_EQ(numbers("[1:3]"), (Numbers{1, 1, 3}));
    EXPECT_EQ(numbers("[1:2:7]"), (Numbers{1, 2, 7}));
    EXPECT_EQ(numbers("[:]"), (Numbers{0, 1, -1}));
    EXPECT_EQ(numbers("[0x10:010]"), (Numbers{16, 1, 8}));
    EXPECT_EQ(numbers("[-3:]"), (Numbers{-3, 1, -1}));
    EXPECT_EQ(numbers("[1::3]"), (Numbers{1, -1, 3}));
}

TEST(FilterText, ReadsJson5)
{
    const auto specs =
        parse_filters("[1:]{/* c */ arr: {'s': +2, \"i\": 0x10, e: -1.5e0,}, ts:{}, sync:{m:'x', b:true}}");
    ASSERT_TRUE(specs) << specs.error().what;
    ASSERT_EQ(specs->size(), 4u);
    EXPECT_EQ(std::get<std::int64_t>((*specs)[1].settings[0].value), 2);
    EXPECT_EQ(std::get<std::int64_t>((*specs)[1].settings[1].value), 16);
    EXPECT_EQ(std::get<double>((*specs)[1].settings[2].value), -1.5);
    EXPECT_TRUE((*specs)[2].settings.empty());
    EXPECT_EQ(std::get<std::string>((*specs)[3].settings[0].value), "x");
    EXPECT_FALSE(parse_filters("{dbnd:{d:1e400}}"));
    EXPECT_TRUE(parse_filters("{dbnd:{d:1e-400}}"));
    EXPECT_TRUE(std::get<bool>((*specs)[3].settings[1].value));
    EXPECT_EQ(parse_filters("")->size(), 0u);
    EXPECT_EQ(parse_filters("{}")->size(), 0u);
}

// As EPICS base has it: nothing but blanks and comments behind, and a map in place of a value says nothing itself.
TEST(FilterText, TakesBlanksBehindAndMapsAsValues)
{
    for (const char* text : {"{dbnd:{d:1}} ", "{dbnd:{d:1}} \t/* c */", "{} // c"}) {
        EXPECT_TRUE(parse_filters(text)) << text;
    }
    for (const char* text : {"[0:1] ", "{} {}", " {}", "{dbnd:{d:[]}}"}) {
        EXPECT_FALSE(parse_filters(text)) << text;
    }
    const auto specs = parse_filters("{dbnd:{d:{d:{}, m:'rel'}}}");
    ASSERT_TRUE(specs) << specs.error().what;
    const auto& settings = specs->front().settings;
    ASSERT_EQ(settings.size(), 3u);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(settings[0].value));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(settings[1].value));
    EXPECT_EQ(settings[2].key, "m");
}

TEST(FilterText, SaysWhereItIsWrong)
{
    const std::pair<std::string_view, std::size_t> wrong[] = {{"[]", 1},
                                                              {"[1", 2},
                                                              {"[1:2:3:4]", 6},
                                                              {"{", 1},
                                                              {"{arr:3}", 5},
                                                              {"{arr:{s}}", 7},
                                                              {"{arr:{s:[1]}}", 8},
                                                              {"{arr:{s:1}}x", 11},
                                                              {"{arr:{s:1}}[1]", 11},
                                                              {"{arr:{s:'1}}", 12},
                                                              {"{arr:{s:1 e:2}}", 10},
                                                              {"{/*", 1}};
    for (const auto& [text, offset] : wrong) {
        const auto specs = parse_filters(text);
        ASSERT_FALSE(specs) << text;
        EXPECT_EQ(specs.error().offset, offset) << text << ": " << specs.error().what;
    }
    EXPECT_FALSE(parse_filters("{" + std::string(5000, ' ') + "}"));
}

TEST(FilterText, IsLookedForBehindTheField)
{
    EXPECT_EQ(db::split_filters("R[1].VAL[2]{}").first, "R[1].VAL");
    EXPECT_EQ(db::split_filters("R[1].VAL[2]{}").second, "[2]{}");
    EXPECT_EQ(db::split_filters("R[1]").second, "");
}
