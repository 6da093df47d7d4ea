#include "server/pv_table.h"

#include <gtest/gtest.h>

#include <string>

namespace iochron::server {
namespace {

TEST(PvTable, FindsByNameAndIdentity)
{
    PvTable table;
    EXPECT_EQ(table.find("a", 0), none);
    const PvIndex a = table.add("a", 0, true);
    const PvIndex other = table.add("a", 7, true);
    const PvIndex own = table.add("a.{dbnd:{abs:1}}", 0, false);
    EXPECT_EQ(table.find("a", 0), a);
    EXPECT_EQ(table.find("a", 7), other);
    EXPECT_EQ(table.find("a", 8), none);
    EXPECT_EQ(table.find("a.{dbnd:{abs:1}}", 0), none);
    EXPECT_EQ(table.name(own), "a.{dbnd:{abs:1}}");
    EXPECT_EQ(table.size(), 3u);
}

TEST(PvTable, AHiddenOneIsNotFoundButStays)
{
    PvTable table;
    const PvIndex old = table.add("a", 0, true);
    table.hide(old);
    EXPECT_EQ(table.find("a", 0), none);
    const PvIndex fresh = table.add("a", 0, true);
    EXPECT_NE(fresh, old);
    EXPECT_EQ(table.name(old), "a");
    table.remove(old);
    EXPECT_EQ(table.find("a", 0), fresh);
}

TEST(PvTable, ManyComeAndGo)
{
    PvTable table;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 20'000; ++i) {
            table.add("record:" + std::to_string(round * 10'000 + i), 0, true);
        }
        for (int i = 0; i < 20'000; ++i) {
            const std::string name = "record:" + std::to_string(round * 10'000 + i);
            const PvIndex index = table.find(name, 0);
            ASSERT_NE(index, none);
            ASSERT_EQ(table.name(index), name);
            table.remove(index);
        }
        EXPECT_EQ(table.size(), 0u);
    }
}

} // namespace
} // namespace iochron::server
