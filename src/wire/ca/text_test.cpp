#include "wire/ca/text.h"

#include "pv/convert.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace iochron;
using pv::TextKind;
using pv::Value;
using wire::ca::Dbr;
using wire::ca::text_by_rules;

namespace {

/// A field of that kind that holds "text".
struct Text {
    Text(TextKind kind, bool characters)
    {
        meta.text = kind;
        meta.is_array = characters;
        meta.max_count = characters ? 8 : 1;
        sample.value = characters ? pv::characters_of_text("text") : Value::of(std::string_view("text"));
        sample.meta = &meta;
    }
    std::string characters(std::uint32_t asked)
    {
        const auto seen = text_by_rules(Dbr::char_, asked, sample);
        const auto bytes = seen->value.elements<char>();
        return {bytes.begin(), bytes.end()};
    }

    pv::Meta meta;
    pv::Sample sample;
};

} // namespace

TEST(Text, AsCharactersEndsInANulWhereverItIsCut)
{
    using namespace std::string_literals;
    Text text(TextKind::long_string, true);
    EXPECT_EQ(text.characters(0), "text\0"s);
    EXPECT_EQ(text.characters(1), "\0"s);
    EXPECT_EQ(text.characters(3), "te\0"s);
    EXPECT_EQ(text.characters(20), "text\0"s);
    EXPECT_EQ(text_by_rules(Dbr::time_char, 0, text.sample)->value.count(), 5u);
    EXPECT_EQ(text_by_rules(Dbr::sts_char, 2, text.sample)->value.count(), 2u);
    Text link(TextKind::link, false);
    EXPECT_EQ(link.characters(0), "\0"s);
    EXPECT_EQ(link.characters(4), "tex\0"s);
    EXPECT_EQ(Text(TextKind::link, true).characters(0), "text\0"s);
}

TEST(Text, ALongStringIsItsWholeFieldAsAnyOtherType)
{
    Text text(TextKind::long_string, true);
    for (const Dbr type : {Dbr::string, Dbr::double_, Dbr::time_long, Dbr::sts_char, Dbr::ctrl_char}) {
        const auto seen = text_by_rules(type, 0, text.sample);
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->value.count(), 8u);
        EXPECT_EQ(seen->value.elements<char>()[3], 't');
        EXPECT_EQ(seen->value.elements<char>()[7], '\0');
    }
}

TEST(Text, LinksAndAttributesHaveFewTypes)
{
    for (const bool characters : {false, true}) {
        Text link(TextKind::link, characters);
        EXPECT_EQ(text_by_rules(Dbr::string, 3, link.sample)->value.text(), "text");
        EXPECT_TRUE(std::isnan(text_by_rules(Dbr::ctrl_double, 0, link.sample)->value.as_double()));
        EXPECT_EQ(text_by_rules(Dbr::long_, 1, link.sample).error().outcome, pv::Outcome::get_failed);
        Text attribute(TextKind::attribute, characters);
        EXPECT_EQ(text_by_rules(Dbr::time_string, 0, attribute.sample)->value.text(), "text");
        EXPECT_FALSE(text_by_rules(Dbr::double_, 1, attribute.sample));
    }
}

TEST(Text, OnlyTheseHaveRules)
{
    Text link(TextKind::link, false);
    EXPECT_TRUE(has_text_rules(Dbr::string, link.sample));
    EXPECT_FALSE(has_text_rules(Dbr::class_name, link.sample));
    EXPECT_FALSE(has_text_rules(Dbr::string, Text(TextKind::plain, false).sample));
}
