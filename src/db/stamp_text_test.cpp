#include "db/stamp_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

using namespace iochron;
using db::stamp_text;

namespace {

/// The time zone of this process while it lives.
struct Zone {
    explicit Zone(const char* name)
    {
        setenv("TZ", name, 1);
        tzset();
    }
    ~Zone()
    {
        unsetenv("TZ");
        tzset();
    }
};

constexpr base::Stamp noon{1'790'251'200'123'456'789}; // 2026-09-24 12:00:00.123456789 UTC

} // namespace

TEST(StampText, IsLocalTimeWithAFraction)
{
    const Zone zone("XST-1:30");
    EXPECT_EQ(stamp_text(noon, "%Y-%m-%d %H:%M:%S.%06f"), "2026-09-24 13:30:00.123457");
    EXPECT_EQ(stamp_text(noon, "%Y-%m-%dT%H:%M:%S.%06f%z"), "2026-09-24T13:30:00.123457+0130");
}

TEST(StampText, FractionsHaveTheirDigitsAndNeverRoundUpToASecond)
{
    EXPECT_EQ(stamp_text(noon, "%f %3f %09f %12f"), "123456789 123 123456789 123456789");
    EXPECT_EQ(stamp_text({1'999'999'999}, "%S.%02f"), "01.99");
    EXPECT_EQ(stamp_text({-1}, "%S.%03f"), "59.999");
    EXPECT_EQ(stamp_text(noon, "%%f %0f%"), stamp_text(noon, "%%f %0f%"));
    EXPECT_TRUE(stamp_text(noon, "%%f").starts_with("%f"));
}

TEST(StampText, LeavesOutWhatAStringFieldCannotHold)
{
    EXPECT_EQ(stamp_text(noon, std::string(39, 'x')), std::string(39, 'x'));
    EXPECT_EQ(stamp_text(noon, std::string(40, 'x')), "");
    EXPECT_EQ(stamp_text(noon, "%3f" + std::string(40, 'x') + "%3f"), "123123");
    EXPECT_EQ(stamp_text(noon, std::string(36, 'x') + "%6f"), std::string(36, 'x') + "***");
    EXPECT_EQ(stamp_text(noon, ""), "");
    EXPECT_EQ(stamp_text(base::undefined_stamp, "%S"), "<undefined>");
}
