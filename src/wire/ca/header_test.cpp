#include "wire/ca/header.h"

#include "wire/ca/hex.h"
#include "wire/ca/read.h"
#include "wire/ca/write.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Header, StandardForm)
{
    const auto bytes = from_hex(R"(
        000f 0010 0014 0001    # READ_NOTIFY, 16 bytes follow, TIME_DOUBLE, 1 element
        00000001 00000007      # ECA_NORMAL, ioid 7
        0000 0000 0000 0000 0000 0000 0000 0000)");
    const Frame frame = next_message(bytes);
    ASSERT_EQ(frame.kind, Frame::Kind::message);
    const Header expected{.command = Command::read_notify, .size = 16, .type = 20, .count = 1, .p1 = 1, .p2 = 7};
    EXPECT_EQ(frame.header, expected);
    EXPECT_EQ(frame.payload.size(), 16u);
    EXPECT_EQ(frame.payload.data(), bytes.data() + 16);
    EXPECT_EQ(frame.total_bytes, 32u);
}

TEST(Header, ExtendedFormMayHoldSmallNumbers)
{
    // rsrv answers an autosized read of a 70000-element array that holds 1 element so.
    const auto bytes = from_hex(R"(
        000f ffff 0006 0000 00000001 00000007
        00000008 00000001      # real size and count
        3ff0 0000 0000 0000)");
    const Frame frame = next_message(bytes);
    ASSERT_EQ(frame.kind, Frame::Kind::message);
    EXPECT_TRUE(frame.header.extended);
    EXPECT_EQ(frame.header.size, 8u);
    EXPECT_EQ(frame.header.count, 1u);
    EXPECT_EQ(frame.payload.size(), 8u);
    EXPECT_EQ(frame.total_bytes, 32u);
}

TEST(Header, TheThresholdsAreThoseOfRsrv)
{
    EXPECT_FALSE(needs_extended(65528, 8191));
    EXPECT_TRUE(needs_extended(65536, 8192));
    EXPECT_FALSE(needs_extended(0, 65534));
    EXPECT_TRUE(needs_extended(0, 65535));
    // The answer to a write of 70000 elements has no payload and still the extended form.
    EXPECT_EQ(hex_of(WriteNotifyReply{.type = Dbr::double_, .count = 70'000, .ioid = Ioid{9}}),
              same("0013 ffff 0006 0000 00000001 00000009  00000000 00011170"));
    EXPECT_EQ(hex_of(ReadNotify{.type = Dbr::double_, .count = 65'534, .sid = Sid{1}, .ioid = Ioid{2}}),
              same("000f 0000 0006 fffe 00000001 00000002"));
}

TEST(Header, EveryTruncationIsIncompleteAndTellsWhatIsNeeded)
{
    const auto standard = from_hex("0017 0008 0000 0000 00000000 00000000  0102030405060708");
    const auto extended = from_hex("0017 ffff 0000 0000 00000000 00000000  00000008 00000000  0102030405060708");
    for (const auto& bytes : {standard, extended}) {
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            const Frame frame = next_message(std::span(bytes).first(n));
            ASSERT_EQ(frame.kind, Frame::Kind::incomplete) << n;
            EXPECT_GT(frame.total_bytes, n);
            EXPECT_LE(frame.total_bytes, bytes.size());
        }
        EXPECT_EQ(next_message(bytes).kind, Frame::Kind::message);
    }
}

TEST(Header, AMisalignedSizeIsAFault)
{
    const Frame frame = next_message(from_hex("000f 0005 0000 0000 00000000 00000000 0000000000"));
    ASSERT_EQ(frame.kind, Frame::Kind::fault);
    EXPECT_EQ(frame.fault().offset, 2u);
    EXPECT_NE(frame.fault().what.find("multiple of 8"), std::string::npos);
    EXPECT_EQ(next_message(from_hex("000f ffff 0000 0000 00000000 00000000 00000009 00000000")).kind,
              Frame::Kind::fault);
}

TEST(Header, TheMarkIsAnOrdinarySizeWhereTheFormIsUnknown)
{
    const auto bytes = from_hex("000f ffff 0000 0000 00000000 00000000 00000008 00000000 0000000000000000");
    EXPECT_EQ(next_message(bytes, {.may_extend = false}).kind, Frame::Kind::fault);
}

TEST(Header, AMessageOverTheLimitTellsHowMuchToSkip)
{
    const auto bytes = from_hex("0013 ffff 0006 0000 00000001 00000009  fffffff8 1fffffff");
    const Frame frame = next_message(bytes, {.message_bytes = 1'000'000});
    ASSERT_EQ(frame.kind, Frame::Kind::too_large);
    EXPECT_EQ(frame.total_bytes, 24 + 0xFFFF'FFF8ull);
    EXPECT_EQ(frame.header.p2, 9u);
    EXPECT_EQ(next_message(bytes).kind, Frame::Kind::incomplete) << "no limit was given";
}

TEST(Command, HasItsEpicsName)
{
    EXPECT_EQ(to_string(Command::server_disconnect), "SERVER_DISCONN");
    EXPECT_EQ(to_string(Command::beacon), "RSRV_IS_UP");
    EXPECT_EQ(to_string(Command{28}), "");
}

} // namespace
} // namespace iochron::wire::ca
