#include "wire/ca/stamp.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Stamp, CountsFromNineteenNinety)
{
    const WireStamp stamp = to_wire({1'700'000'000'123'456'789});
    EXPECT_EQ(stamp.seconds, 1'700'000'000u - 631'152'000u);
    EXPECT_EQ(stamp.nanoseconds, 123'456'789u);
    EXPECT_EQ(from_wire(stamp).ns, 1'700'000'000'123'456'789);
}

TEST(Stamp, OfARecordThatNeverProcessedIsZero)
{
    for (const base::Stamp stamp : {base::undefined_stamp, base::Stamp{0}, base::Stamp{-1}}) {
        EXPECT_EQ(to_wire(stamp).seconds, 0u);
        EXPECT_EQ(to_wire(stamp).nanoseconds, 0u);
    }
    EXPECT_EQ(from_wire({}), base::undefined_stamp);
    EXPECT_EQ(from_wire(to_wire({base::undefined_stamp.ns + 1})).ns, base::undefined_stamp.ns + 1);
}

TEST(Stamp, TheLastOneIsIn2126)
{
    const base::Stamp last = from_wire({0xFFFF'FFFF, 999'999'999});
    EXPECT_EQ(to_wire(last).seconds, 0xFFFF'FFFFu);
    EXPECT_EQ(to_wire({last.ns + 1}).seconds, 0u);
}

} // namespace
} // namespace iochron::wire::ca
