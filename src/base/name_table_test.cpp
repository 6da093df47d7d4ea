#include "base/name_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using iochron::base::NameTable;

TEST(NameTable, FindsWhatWasInsertedAndNothingElse)
{
    NameTable names;
    EXPECT_FALSE(names.find("A"));
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        ASSERT_TRUE(names.insert(fmt::format("REC{:05}", i), i));
    }
    EXPECT_EQ(names.size(), 100'000u);
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        ASSERT_EQ(names.find(fmt::format("REC{:05}", i)), i);
    }
    EXPECT_FALSE(names.find("REC"));
    EXPECT_FALSE(names.find("REC100000"));
}

TEST(NameTable, RefusesANameThatIsTaken)
{
    NameTable names;
    const auto place = names.insert("A", 1);
    ASSERT_TRUE(place);
    EXPECT_FALSE(names.insert("A", 2));
    EXPECT_EQ(names.find("A"), 1u);
    EXPECT_EQ(names.text(*place), "A");
}

TEST(NameTable, ForgetsErasedNamesAndKeepsTheOthersFindable)
{
    NameTable names;
    for (std::uint32_t i = 0; i < 1'000; ++i) {
        ASSERT_TRUE(names.insert(fmt::format("N{}", i), i));
    }
    for (std::uint32_t i = 0; i < 1'000; i += 2) {
        EXPECT_TRUE(names.erase(fmt::format("N{}", i)));
    }
    EXPECT_FALSE(names.erase("N0"));
    for (std::uint32_t i = 0; i < 1'000; ++i) {
        EXPECT_EQ(names.find(fmt::format("N{}", i)).has_value(), i % 2 == 1) << i;
    }
    EXPECT_TRUE(names.insert("N0", 7));
    EXPECT_EQ(names.find("N0"), 7u);
    EXPECT_EQ(names.size(), 501u);
}

TEST(NameTable, KeepsTheLongestNameAndManyPieces)
{
    NameTable names;
    const std::string tail(240, 'x');
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        ASSERT_TRUE(names.insert(fmt::format("{:05}{}", i, tail), i));
    }
    EXPECT_EQ(names.find(fmt::format("{:05}{}", 9'999, tail)), 9'999u);
    ASSERT_TRUE(names.insert(std::string(NameTable::max_name_bytes, 'y'), 1));
    EXPECT_EQ(names.find(std::string(NameTable::max_name_bytes, 'y')), 1u);
}

TEST(NameTable, UsesTheTextOfTheLastErasedNameAgain)
{
    NameTable names;
    ASSERT_TRUE(names.insert("FIRST", 1));
    const auto before = names.insert("SECOND", 2);
    names.erase("SECOND");
    EXPECT_EQ(names.insert("THIRD", 3), before);
    EXPECT_EQ(names.find("FIRST"), 1u);
}
