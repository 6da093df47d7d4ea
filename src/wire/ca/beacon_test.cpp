#include "wire/ca/beacon.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Beacon, NamesPortAndNumber)
{
    const Beacon beacon{.port = 5064, .id = 3};
    EXPECT_EQ(hex_of(beacon), same("000d 0000 000d 13c8 00000003 00000000"));
    EXPECT_EQ(decode_beacon(next_message(from_hex(hex_of(beacon))).header), beacon);
}

} // namespace
} // namespace iochron::wire::ca
