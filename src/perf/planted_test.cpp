#include "perf/planted.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace iochron::perf {
namespace {

class SelfTest : public testing::TestWithParam<Protocol> {};

TEST_P(SelfTest, FindsEachFaultAsWhatItIs)
{
    for (const Planted& planted : planted_faults()) {
        const Found found = find_planted(planted, GetParam());
        EXPECT_TRUE(is_found(planted, found)) << "planted: " << planted.what << ", found: " << found.words();
    }
}

TEST_P(SelfTest, AFaultThatIsNotPlantedIsNotFound)
{
    const Found clean = find_planted({.what = "nothing"}, GetParam());
    EXPECT_EQ(clean.words(), "all received in order");
    EXPECT_FALSE(is_found({.what = "a loss", .expected = {.lost = 1}}, clean));
    EXPECT_FALSE(is_found({.what = "another place", .place = Place::on_wire}, clean));
    EXPECT_FALSE(is_found({.what = "a stall", .stall = true}, clean));
    EXPECT_FALSE(is_found({.what = "too few", .left_out = 2}, clean));
}

TEST_P(SelfTest, SaysWhatItFindsInWords)
{
    const auto words = [](std::string_view what) {
        return find_planted(*std::ranges::find(planted_faults(), what, &Planted::what), GetParam()).words();
    };
    EXPECT_EQ(words("one frame lost on the wire"),
              "1 lost; the server counts 1206 updates sent, the client 1205 received, on the wire");
    EXPECT_EQ(words("one update lost at the database"), "2 lost, between the database and the server");
    EXPECT_EQ(words("1 % of the updates not made"),
              "99.00 % of the updates that the rate asks for were made, at least 99.5 % are wanted");
}

INSTANTIATE_TEST_SUITE_P(, SelfTest, testing::Values(Protocol::ca, Protocol::pva),
                         [](const auto& each) { return each.param == Protocol::ca ? "Ca" : "Pva"; });

} // namespace
} // namespace iochron::perf
