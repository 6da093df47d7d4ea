#include "wire/ca/version.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Version, OfACircuit)
{
    const Version version{.priority = 80};
    const std::string bytes = hex_of(version);
    EXPECT_EQ(bytes, same("0000 0000 0050 000d 00000000 00000000"));
    EXPECT_EQ(decode_version(next_message(from_hex(bytes)).header), version);
}

TEST(Version, OfADatagramHasASequence)
{
    const Version version = datagram_version(0x01020304);
    EXPECT_EQ(hex_of(version), same("0000 0000 0001 000d 01020304 00000000"));
    EXPECT_EQ(decode_version(next_message(from_hex(hex_of(version))).header), version);
}

} // namespace
} // namespace iochron::wire::ca
