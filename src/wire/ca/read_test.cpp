#include "wire/ca/read.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(ReadNotify, AsksByServerIdAndIsAnsweredWithAStatus)
{
    const ReadNotify wish{.type = Dbr::time_double, .count = 0, .sid = Sid{3}, .ioid = Ioid{9}};
    EXPECT_EQ(hex_of(wish), same("000f 0000 0014 0000 00000003 00000009"));
    EXPECT_EQ(decode_read_notify(next_message(from_hex(hex_of(wish))).header), wish);

    const auto data = from_hex("002a");
    const ReadNotifyReply answer{.type = Dbr::short_, .count = 1, .ioid = Ioid{9}, .data = data};
    const std::string bytes = hex_of(answer);
    EXPECT_EQ(bytes, same("000f 0008 0001 0001 00000001 00000009 002a 0000 0000 0000"));
    const auto whole = from_hex(bytes);
    const Frame frame = next_message(whole);
    const ReadNotifyReply back = decode_read_notify_reply(frame.header, frame.payload);
    EXPECT_EQ(back.status, Eca::normal);
    EXPECT_EQ(back.ioid, Ioid{9});
    EXPECT_EQ(back.count, 1u);
    EXPECT_EQ(to_hex(back.data), "002a 0000 0000 0000");
}

TEST(Read, IsAnsweredWithTheClientsId)
{
    const Read wish{.type = Dbr::long_, .count = 1, .sid = Sid{3}, .ioid = Ioid{9}};
    EXPECT_EQ(hex_of(wish), same("0003 0000 0005 0001 00000003 00000009"));
    EXPECT_EQ(decode_read(next_message(from_hex(hex_of(wish))).header), wish);
    const auto data = from_hex("0000002a");
    const ReadReply answer{.type = Dbr::long_, .count = 1, .cid = Cid{5}, .ioid = Ioid{9}, .data = data};
    EXPECT_EQ(hex_of(answer), same("0003 0008 0005 0001 00000005 00000009 0000002a 00000000"));
    const auto whole = from_hex(hex_of(answer));
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_read_reply(frame.header, frame.payload).cid, Cid{5});
    EXPECT_EQ(decode_read_reply(frame.header, frame.payload).data.size(), 8u);
}

} // namespace
} // namespace iochron::wire::ca
