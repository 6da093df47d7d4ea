#include "wire/pva/assembler.h"
#include "wire/pva/header.h"

#include "wire/hex.h"

#include <gtest/gtest.h>

#include <string>

namespace iochron::wire::pva {
namespace {

using base::ByteOrder;

TEST(PvaHeaderTest, SetByteOrderInBothOrders)
{
    EXPECT_EQ(to_hex(control_message(Role::server, ByteOrder::little, Control::set_byte_order)),
              same("ca 02 41 02 00000000"));
    EXPECT_EQ(to_hex(control_message(Role::server, ByteOrder::big, Control::set_byte_order)),
              same("ca 02 c1 02 00000000"));
}

TEST(PvaHeaderTest, SizeIsInTheOrderThatBit7Says)
{
    const auto bytes = from_hex("ca 02 c0 04 0000002d"); // SEARCH_RESPONSE of softIocPVX
    const auto header = read_header(std::span<const std::byte>(bytes).first<header_bytes>());
    ASSERT_TRUE(header);
    EXPECT_EQ(header->order, ByteOrder::big);
    EXPECT_EQ(header->from, Role::server);
    EXPECT_EQ(header->command(), Command::search_response);
    EXPECT_EQ(header->size, 0x2du);
}

TEST(PvaHeaderTest, AnotherMagicOrVersionZeroIsNoPvAccess)
{
    for (const char* text : {"cb 02 00 02 00000000", "ca 00 00 02 00000000"}) {
        const auto bytes = from_hex(text);
        EXPECT_FALSE(read_header(std::span<const std::byte>(bytes).first<header_bytes>())) << text;
    }
}

/// What an assembler makes of the bytes: "command:payload;" of each message, then what is wrong.
std::string assembled(std::span<const std::byte> bytes, std::size_t piece, std::size_t most = 1000)
{
    Assembler assembler(Role::client, most);
    std::string all;
    for (std::size_t at = 0; at < bytes.size() && assembler.fault().empty(); at += piece) {
        auto some = bytes.subspan(at, std::min(piece, bytes.size() - at));
        while (const auto got = assembler.next(some)) {
            all += std::to_string(got->header.code) + (got->header.control ? "c" : ":" + to_hex(got->payload)) + ";";
        }
    }
    return all + std::string(assembler.fault());
}

TEST(PvaAssemblerTest, SplitsAnywhereGiveTheSameMessages)
{
    const auto bytes = from_hex("ca 02 00 02 05000000 68656c6c6f"
                                "ca 02 01 00 00000001" // a marker
                                "ca 02 00 11 09000000 010305070100000000"
                                "ca 02 00 02 00000000");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        EXPECT_EQ(assembled(bytes, piece), "2:6865 6c6c 6f;0c;17:0103 0507 0100 0000 00;2:;") << piece;
    }
}

TEST(PvaAssemblerTest, ALargeMessageInPiecesLiesInItsHolder)
{
    constexpr std::size_t payload_bytes = 300'000;
    std::vector<std::byte> stream;
    for (int n = 0; n < 3; ++n) {
        const std::size_t start = begin_message(stream, Role::server, base::ByteOrder::little, Command::monitor);
        for (std::size_t i = 0; i < payload_bytes; ++i) {
            stream.push_back(static_cast<std::byte>(i * 7 + static_cast<std::size_t>(n)));
        }
        end_message(stream, start, base::ByteOrder::little);
    }
    Assembler assembler(Role::server, 1u << 20);
    std::vector<pv::BufferRef> kept; // as an array that was not copied would
    std::size_t at = 0;
    for (std::size_t piece = 5; at < stream.size(); at += piece, piece = 65'536) {
        std::span<const std::byte> bytes = std::span(stream).subspan(at, std::min(piece, stream.size() - at));
        while (const auto message = assembler.next(bytes)) {
            const pv::BufferRef& holder = assembler.holder();
            ASSERT_TRUE(holder);
            EXPECT_GE(message->payload.data(), holder->data());
            EXPECT_LE(message->payload.data() + message->payload.size(), holder->data() + holder->capacity());
            kept.push_back(holder);
        }
    }
    ASSERT_EQ(kept.size(), 3u);
    for (std::size_t n = 0; n < kept.size(); ++n) {
        for (std::size_t i = 0; i < payload_bytes; i += 999) {
            ASSERT_EQ(kept[n]->data()[header_bytes + i], static_cast<std::byte>(i * 7 + n));
        }
    }
}

TEST(PvaAssemblerTest, SegmentsBecomeOneMessage)
{
    const auto bytes = from_hex("ca 02 10 0b 03000000 010203"
                                "ca 02 01 00 00000001" // a control message may stand between
                                "ca 02 30 0b 00000000" // an empty segment too
                                "ca 02 20 0b 02000000 0405"
                                "ca 02 00 02 00000000");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        EXPECT_EQ(assembled(bytes, piece), "0c;11:0102 0304 05;2:;") << piece;
    }
}

TEST(PvaAssemblerTest, SegmentsThatDoNotBelongTogetherAreAFault)
{
    const std::string fault = "a segment that does not belong to the message before it";
    EXPECT_EQ(assembled(from_hex("ca 02 10 0b 01000000 01 ca 02 20 0a 01000000 02"), 100), fault);
    EXPECT_EQ(assembled(from_hex("ca 02 10 0b 01000000 01 ca 02 a0 0b 00000001 02"), 100), fault) << "another order";
    EXPECT_EQ(assembled(from_hex("ca 02 10 0b 01000000 01 ca 02 00 0b 00000000"), 100), fault);
    EXPECT_EQ(assembled(from_hex("ca 02 10 0b 01000000 01 ca 02 10 0b 00000000"), 100), fault);
    EXPECT_EQ(assembled(from_hex("ca 02 20 0b 01000000 01"), 100), fault);
}

TEST(PvaAssemblerTest, NothingLargerThanAllowedIsKept)
{
    const std::string fault = "a message that is larger than allowed";
    EXPECT_EQ(assembled(from_hex("ca 02 00 0b ffffffff"), 1), fault) << "before any of it has come";
    EXPECT_EQ(assembled(from_hex("ca 02 10 0b 03000000 010203 ca 02 20 0b 03000000 040506"), 100, 5), fault);
}

TEST(PvaAssemblerTest, ThePeerMustHaveItsRole)
{
    EXPECT_EQ(assembled(from_hex("ca 02 40 02 00000000"), 100), "a message that only the other side may send");
    EXPECT_EQ(assembled(from_hex("47 45 54 20 2f 20 48 54"), 3), "no pvAccess message");
}

} // namespace
} // namespace iochron::wire::pva
