#include "client/ca/values.h"

#include <gtest/gtest.h>

using namespace iochron;
using client::ca::form_written;
using wire::ca::Dbr;

TEST(CaWrittenValues, KeepTheirOwnTypeAndTheServerConverts)
{
    EXPECT_EQ(form_written(pv::Value::of(1.5), Dbr::long_, 1)->type, Dbr::double_);
    EXPECT_EQ(form_written(pv::Value::of(std::int64_t{1}), Dbr::long_, 1)->type, Dbr::double_);
    EXPECT_EQ(form_written(pv::Value::of(std::string_view("On")), Dbr::enum_, 1)->type, Dbr::string);
}

TEST(CaWrittenValues, TextToAnArrayOfCharsIsItsLettersAndANul)
{
    const auto written = form_written(pv::Value::of(std::string_view("abc")), Dbr::char_, 10);
    ASSERT_TRUE(written);
    EXPECT_EQ(written->type, Dbr::char_);
    EXPECT_EQ(written->value.count(), 4u);
    EXPECT_EQ(written->value.elements<std::uint8_t>()[3], 0);
}

TEST(CaWrittenValues, MoreThanTheChannelHoldsIsRefused)
{
    const std::array<double, 3> numbers{1, 2, 3};
    const auto value = pv::Value::array_of(std::span<const double>(numbers));
    EXPECT_TRUE(form_written(value, Dbr::double_, 3));
    EXPECT_EQ(form_written(value, Dbr::double_, 2).error().outcome, pv::Outcome::bad_count);
    EXPECT_EQ(form_written(pv::Value::of(std::string_view("abc")), Dbr::char_, 3).error().outcome,
              pv::Outcome::bad_count);
}
