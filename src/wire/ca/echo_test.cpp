#include "wire/ca/echo.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Echo, ComesBackByteForByte)
{
    const auto bytes = from_hex("0017 0008 0001 0002 00000003 00000004 0102030405060708");
    const Frame frame = next_message(bytes);
    EXPECT_EQ(hex_of(decode_echo(frame.header, frame.payload)), to_hex(bytes));
}

TEST(ReadSync, ComesBackWithoutItsPayload)
{
    const auto bytes = from_hex("000a 0008 0001 0002 00000003 00000004 0102030405060708");
    EXPECT_EQ(hex_of(decode_read_sync(next_message(bytes).header)), same("000a 0000 0001 0002 00000003 00000004"));
}

} // namespace
} // namespace iochron::wire::ca
