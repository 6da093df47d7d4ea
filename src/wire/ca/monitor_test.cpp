#include "wire/ca/monitor.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Monitor, SubscribesWithAMask)
{
    const EventAdd wish{.type = Dbr::time_double, .count = 1, .sid = Sid{3}, .subscription = SubId{8}, .mask = 5};
    const std::string bytes = hex_of(wish);
    EXPECT_EQ(bytes, same(R"(
        0001 0010 0014 0001 00000003 00000008
        00000000 00000000 00000000 0005 0000    # low, high, timeout, mask)"));
    const auto whole = from_hex(bytes);
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_event_add(frame.header, frame.payload), wish);
    for (std::size_t n = 0; n < 14; ++n) {
        const auto cut = decode_event_add(frame.header, frame.payload.first(n));
        ASSERT_FALSE(cut) << n;
        EXPECT_LE(cut.error().offset, n);
    }
}

TEST(Monitor, AnUpdateHasAStatusAndItsSubscription)
{
    const auto data = from_hex("0000 0000 3ff0 0000 0000 0000");
    const Update update{.type = Dbr::sts_long, .count = 2, .subscription = SubId{8}, .data = data};
    EXPECT_EQ(hex_of(update), same("0001 0010 000c 0002 00000001 00000008 "
                                   "0000 0000 3ff0 0000 0000 0000 0000 0000"));
    const auto whole = from_hex(hex_of(update));
    const Frame frame = next_message(whole);
    const Update back = decode_update(frame.header, frame.payload);
    EXPECT_EQ(back.subscription, SubId{8});
    EXPECT_EQ(back.status, Eca::normal);
    EXPECT_FALSE(may_be_confirm(frame.header));
}

TEST(Monitor, ACancelIsConfirmedByAnEmptyEventAdd)
{
    const EventCancel wish{.type = Dbr::time_double, .count = 1, .sid = Sid{3}, .subscription = SubId{8}};
    EXPECT_EQ(hex_of(wish), same("0002 0000 0014 0001 00000003 00000008"));
    EXPECT_EQ(decode_event_cancel(next_message(from_hex(hex_of(wish))).header), wish);
    const CancelConfirm answer{.type = Dbr::time_double, .count = 1, .sid = Sid{3}, .subscription = SubId{8}};
    EXPECT_EQ(hex_of(answer), same("0001 0000 0014 0001 00000003 00000008"));
    const Header header = next_message(from_hex(hex_of(answer))).header;
    EXPECT_TRUE(may_be_confirm(header));
    EXPECT_EQ(decode_cancel_confirm(header), answer);
}

TEST(Monitor, EventsOffAndOnAreBareHeaders)
{
    EXPECT_EQ(hex_of(EventsOff{}), same("0008 0000 0000 0000 00000000 00000000"));
    EXPECT_EQ(hex_of(EventsOn{}), same("0009 0000 0000 0000 00000000 00000000"));
}

} // namespace
} // namespace iochron::wire::ca
