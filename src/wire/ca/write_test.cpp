#include "wire/ca/write.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Write, CarriesWhatLibcaNeedsInAnError)
{
    const auto data = from_hex("4045 0000 0000 0000");
    const Write wish{.type = Dbr::double_, .count = 1, .sid = Sid{3}, .client_id = 5, .data = data};
    const std::string bytes = hex_of(wish);
    EXPECT_EQ(bytes, same("0004 0008 0006 0001 00000003 00000005 4045 0000 0000 0000"));
    const auto whole = from_hex(bytes);
    const Frame frame = next_message(whole);
    const Write back = decode_write(frame.header, frame.payload);
    EXPECT_EQ(back.sid, Sid{3});
    EXPECT_EQ(back.client_id, 5u);
    EXPECT_EQ(to_hex(back.data), to_hex(data));
}

TEST(WriteNotify, IsAnsweredWithTypeCountAndStatus)
{
    const auto data = from_hex("0007");
    const WriteNotify wish{.type = Dbr::short_, .count = 1, .sid = Sid{3}, .ioid = Ioid{6}, .data = data};
    EXPECT_EQ(hex_of(wish), same("0013 0008 0001 0001 00000003 00000006 0007 0000 0000 0000"));
    const auto whole = from_hex(hex_of(wish));
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_write_notify(frame.header, frame.payload).ioid, Ioid{6});
    const WriteNotifyReply answer{.type = Dbr::short_, .count = 1, .status = Eca::putfail, .ioid = Ioid{6}};
    EXPECT_EQ(hex_of(answer), same("0013 0000 0001 0001 000000a0 00000006"));
    EXPECT_EQ(decode_write_notify_reply(next_message(from_hex(hex_of(answer))).header), answer);
}

} // namespace
} // namespace iochron::wire::ca
