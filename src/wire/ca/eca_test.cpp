#include "wire/ca/eca.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Eca, NamesEveryNumberFromZeroToSixty)
{
    int named = 0;
    for (std::uint32_t value = 0; value < 61 * 8; ++value) {
        named += name(Eca{value}).starts_with("ECA_") ? 1 : 0;
    }
    EXPECT_EQ(named, 61);
    EXPECT_EQ(name(Eca{368}), "ECA_NORDACCESS");
    EXPECT_EQ(name(Eca{464}), "ECA_16KARRAYCLIENT");
    EXPECT_EQ(name(Eca{5}), "");
    EXPECT_FALSE(text(Eca{5}).empty());
}

TEST(Eca, SuccessIsTheLowestBit)
{
    EXPECT_TRUE(is_success(Eca::normal));
    EXPECT_TRUE(is_success(Eca::iodone));
    EXPECT_FALSE(is_success(Eca::putfail));
    EXPECT_FALSE(is_success(Eca::internal));
}

TEST(Eca, OutcomesGoOutAsRsrvTellsThemAndComeBack)
{
    EXPECT_EQ(to_eca(pv::Outcome::ok, Asked::read), Eca::normal);
    EXPECT_EQ(to_eca(pv::Outcome::no_conversion, Asked::read), Eca::getfail);
    EXPECT_EQ(to_eca(pv::Outcome::no_conversion, Asked::write), Eca::putfail);
    EXPECT_EQ(to_eca(pv::Outcome::no_write_access, Asked::write), Eca{376});
    for (const pv::Outcome outcome :
         {pv::Outcome::ok, pv::Outcome::no_such_channel, pv::Outcome::no_read_access, pv::Outcome::no_write_access,
          pv::Outcome::bad_type, pv::Outcome::bad_count, pv::Outcome::get_failed, pv::Outcome::put_failed,
          pv::Outcome::disconnected, pv::Outcome::timed_out, pv::Outcome::busy, pv::Outcome::too_large,
          pv::Outcome::internal}) {
        EXPECT_EQ(to_outcome(to_eca(outcome, Asked::read)), outcome);
    }
    EXPECT_TRUE(to_status(Eca::normal).ok());
    EXPECT_EQ(to_status(Eca::nordaccess).outcome, pv::Outcome::no_read_access);
    EXPECT_FALSE(to_status(Eca::nordaccess).text.empty());
    EXPECT_EQ(to_outcome(Eca{99'998}), pv::Outcome::internal);
}

} // namespace
} // namespace iochron::wire::ca
