#include "wire/ca/error.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Error, HoldsTheRequestsHeader)
{
    const Header request{.command = Command::write, .size = 8, .type = 6, .count = 1, .p1 = 3, .p2 = 5};
    const Error error{.cid = 5, .status = Eca::putfail, .request = request, .text = "rec"};
    const std::string bytes = hex_of(error);
    EXPECT_EQ(bytes, same(R"(
        000b 0018 0000 0000 00000005 000000a0
        0004 0008 0006 0001 00000003 00000005    # as the request came
        7265 6300 0000 0000)"));
    const auto whole = from_hex(bytes);
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_error(frame.header, frame.payload), error);
    for (std::size_t n = 0; n < 16; ++n) {
        ASSERT_FALSE(decode_error(frame.header, frame.payload.first(n))) << n;
    }
}

TEST(Error, HoldsAnExtendedHeaderAsItCame)
{
    const Header request{
        .command = Command::write_notify, .size = 8, .type = 6, .count = 1, .p1 = 3, .p2 = 5, .extended = true};
    const Error error{.status = Eca::tolarge, .request = request, .text = ""};
    const auto whole = from_hex(hex_of(error));
    EXPECT_EQ(to_hex(whole), same(R"(
        000b 0020 0000 0000 ffffffff 00000048
        0013 ffff 0006 0000 00000003 00000005 00000008 00000001
        0000 0000 0000 0000)"));
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_error(frame.header, frame.payload), error);
    EXPECT_FALSE(decode_error(frame.header, frame.payload.first(20)));
}

TEST(Error, LongTextIsCut)
{
    const std::string words(600, 'w');
    const auto whole = from_hex(hex_of(Error{.request = {}, .text = words}));
    const Frame frame = next_message(whole);
    EXPECT_EQ(frame.payload.size(), 512u);
    EXPECT_EQ(decode_error(frame.header, frame.payload)->text.size(), 495u);
}

} // namespace
} // namespace iochron::wire::ca
