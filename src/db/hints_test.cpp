#include "db/hints.h"

#include <gtest/gtest.h>

namespace iochron::db {
namespace {

TEST(Hints, FormsByTheirNames)
{
    EXPECT_EQ(parse_form("Default"), pv::DisplayForm::standard);
    EXPECT_EQ(parse_form("Hex"), pv::DisplayForm::hex);
    EXPECT_EQ(parse_form("Engineering"), pv::DisplayForm::engineering);
    EXPECT_FALSE(parse_form(""));
    EXPECT_NE(parse_form("hex").error().find("did you mean 'Hex'?"), std::string::npos);
}

TEST(Hints, TagsOfNoMoreThan32Bits)
{
    EXPECT_EQ(parse_time_tag("nsec:lsb:0"), 0);
    EXPECT_EQ(parse_time_tag("nsec:lsb:20"), 20);
    EXPECT_EQ(parse_time_tag("nsec:lsb:32"), 32);
    for (const std::string_view wrong : {"nsec:lsb:33", "nsec:lsb:", "nsec:lsb:-1", "nsec:lsb:8 ", "nsec:msb:8", ""}) {
        EXPECT_FALSE(parse_time_tag(wrong)) << wrong;
    }
}

} // namespace
} // namespace iochron::db
