#include "wire/ca/channel.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Channel, IsAskedForByName)
{
    const CreateChannel wish{.cid = Cid{1}, .name = "pv"};
    EXPECT_EQ(hex_of(wish), same("0012 0008 0000 0000 00000001 0000000d 7076 0000 0000 0000"));
    const auto bytes = from_hex(hex_of(wish));
    const Frame frame = next_message(bytes);
    EXPECT_EQ(decode_create_channel(frame.header, frame.payload), wish);
    EXPECT_EQ(decode_create_channel(frame.header, {}).name, "");
}

TEST(Channel, RightsComeAheadOfTheAnswer)
{
    const AccessRights rights{.cid = Cid{1}, .read = true, .write = true};
    EXPECT_EQ(hex_of(rights), same("0016 0000 0000 0000 00000001 00000003"));
    EXPECT_EQ(decode_access_rights(next_message(from_hex(hex_of(rights))).header), rights);
    const ChannelCreated answer{.type = Dbr::double_, .cid = Cid{1}, .sid = Sid{0}};
    EXPECT_EQ(hex_of(answer), same("0012 0000 0006 0001 00000001 00000000")) << "sid 0 is a valid one";
    EXPECT_EQ(decode_channel_created(next_message(from_hex(hex_of(answer))).header), answer);
}

TEST(Channel, ALargeArrayIsAnnouncedInTheExtendedForm)
{
    const ChannelCreated answer{.type = Dbr::long_, .count = 100'000, .cid = Cid{1}, .sid = Sid{2}};
    EXPECT_EQ(hex_of(answer), same("0012 ffff 0005 0000 00000001 00000002 00000000 000186a0"));
    EXPECT_EQ(decode_channel_created(next_message(from_hex(hex_of(answer))).header), answer);
}

TEST(Channel, ANativeTypeBeyondDoubleIsAFault)
{
    for (const char* header : {"0012 0000 0007 0001 00000001 00000000", "0012 0000 ffff 0001 00000001 00000000"}) {
        const auto answer = decode_channel_created(next_message(from_hex(header)).header);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().offset, 4u);
    }
}

TEST(Channel, EndsInThreeWays)
{
    const CreateFailed failed{.cid = Cid{4}};
    EXPECT_EQ(hex_of(failed), same("001a 0000 0000 0000 00000004 00000000"));
    EXPECT_EQ(decode_create_failed(next_message(from_hex(hex_of(failed))).header), failed);
    const ClearChannel clear{.sid = Sid{2}, .cid = Cid{4}};
    EXPECT_EQ(hex_of(clear), same("000c 0000 0000 0000 00000002 00000004"));
    EXPECT_EQ(decode_clear_channel(next_message(from_hex(hex_of(clear))).header), clear);
    const ServerDisconnect gone{.cid = Cid{4}};
    EXPECT_EQ(hex_of(gone), same("001b 0000 0000 0000 00000004 00000000"));
    EXPECT_EQ(decode_server_disconnect(next_message(from_hex(hex_of(gone))).header), gone);
}

} // namespace
} // namespace iochron::wire::ca
