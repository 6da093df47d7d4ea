#include "wire/pva/status.h"

#include <gtest/gtest.h>

namespace iochron::wire::pva {
namespace {

TEST(PvaStatus, WarningsKeepTheirWords)
{
    const Status warning = to_status({pv::Outcome::ok, "half of it"});
    EXPECT_EQ(warning.kind, Status::Kind::warning);
    EXPECT_TRUE(warning.success());
    const pv::Status back = to_pv_status(warning, pv::Outcome::put_failed);
    EXPECT_TRUE(back.ok());
    EXPECT_EQ(back.text, "half of it");
    EXPECT_EQ(to_status({}), Status{});
}

TEST(PvaStatus, AnErrorWithoutWordsSaysWhatItIs)
{
    const Status error = to_status({pv::Outcome::no_write_access, ""});
    EXPECT_EQ(error.kind, Status::Kind::error);
    EXPECT_EQ(error.message, "no write access");
    EXPECT_EQ(to_pv_status(error, pv::Outcome::put_failed).outcome, pv::Outcome::put_failed);
}

} // namespace
} // namespace iochron::wire::pva
