#include "db/load/record_name.h"

#include <gtest/gtest.h>

namespace iochron::db::load {
namespace {

TEST(RecordName, RefusesWhatEpicsRefuses)
{
    EXPECT_EQ(name_error("SR01-A:b[3]{x}<y>;z_+/#@!µ"), std::nullopt);
    EXPECT_EQ(name_error(std::string(60, 'x')), std::nullopt);
    EXPECT_EQ(name_error(std::string(61, 'x')),
              "the record name '" + std::string(61, 'x') + "' has 61 bytes, 60 at most are allowed");
    EXPECT_EQ(name_error(""), "a record name cannot be empty; look for a macro that has no value");
    EXPECT_EQ(name_error("A B"), "the record name 'A B' cannot hold ' '");
    EXPECT_EQ(name_error("A\tB"), "the record name 'A\tB' cannot hold a tab");
    for (const std::string bad : {"A.B", "A$", "'A", "A\""}) {
        EXPECT_TRUE(name_error(bad).has_value()) << bad;
    }
}

TEST(RecordName, WarnsAsEpicsDoes)
{
    EXPECT_EQ(name_warning("A-+[{"), std::nullopt);
    EXPECT_EQ(name_warning(""), std::nullopt);
    for (const std::string odd : {"-A", "+A", "[A", "{A"}) {
        EXPECT_EQ(name_warning(odd), "the record name '" + odd + "' should not begin with '" + odd[0] + "'");
    }
    EXPECT_EQ(name_warning("A\x01"), "the record name 'A\x01' should not hold the byte 0x01, which cannot be printed");
}

} // namespace
} // namespace iochron::db::load
