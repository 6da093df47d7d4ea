#include "wire/ca/name.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Name, RoundTrips)
{
    EXPECT_EQ(hex_of(ClientName{"operator"}), same("0014 0010 0000 0000 00000000 00000000 "
                                                   "6f70 6572 6174 6f72 0000 0000 0000 0000"));
    EXPECT_EQ(hex_of(HostName{"ws1"}), same("0015 0008 0000 0000 00000000 00000000 7773 3100 0000 0000"));
    const auto bytes = from_hex(hex_of(HostName{"ws1"}));
    EXPECT_EQ(decode_host_name(next_message(bytes).payload)->name, "ws1");
}

TEST(Name, WithoutANulIsAFault)
{
    const auto payload = from_hex("6f70 6572 6174 6f72");
    EXPECT_EQ(decode_client_name(payload).error().offset, 8u);
    EXPECT_FALSE(decode_host_name(payload));
    EXPECT_FALSE(decode_client_name({}));
}

TEST(Name, MayHaveFiveHundredAndElevenLetters)
{
    std::vector<std::byte> payload(520, std::byte{'x'});
    payload[511] = std::byte{0};
    EXPECT_EQ(decode_client_name(payload)->name.size(), 511u);
    payload[511] = std::byte{'x'};
    payload[512] = std::byte{0};
    ASSERT_FALSE(decode_client_name(payload));
    EXPECT_EQ(decode_client_name(payload).error().what, "the name has 512 bytes, 511 are allowed");
}

} // namespace
} // namespace iochron::wire::ca
