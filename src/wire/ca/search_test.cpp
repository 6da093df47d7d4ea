#include "wire/ca/search.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

TEST(Search, ANameOfEightLettersNeedsSixteenBytes)
{
    const Search search{.id = Cid{5}, .name = "TEST:ai1"};
    const std::string bytes = hex_of(search);
    EXPECT_EQ(bytes, same(R"(
        0006 0010 0005 000d 00000005 00000005
        5445 5354 3a61 6931 0000 0000 0000 0000)"));
    const auto whole = from_hex(bytes);
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_search(frame.header, frame.payload), search);
}

TEST(Search, IsAnsweredFromP2)
{
    const auto bytes = from_hex("0006 0008 000a 000d 00000001 00000002 6162 0000 0000 0000");
    const Frame frame = next_message(bytes);
    const auto search = decode_search(frame.header, frame.payload);
    ASSERT_TRUE(search);
    EXPECT_EQ(search->id, Cid{2});
    EXPECT_TRUE(search->reply_not_found);
    EXPECT_EQ(search->name, "ab");
}

TEST(Search, AnUnterminatedNameIsTakenWhole)
{
    const auto bytes = from_hex("0006 0008 0005 000d 00000001 00000001 6162 6364 6566 6768");
    const Frame frame = next_message(bytes);
    EXPECT_EQ(decode_search(frame.header, frame.payload)->name, "abcdefgh");
}

TEST(Search, WithoutAPayloadIsAFault)
{
    const Frame frame = next_message(from_hex("0006 0000 0005 000d 00000001 00000001"));
    const auto search = decode_search(frame.header, frame.payload);
    ASSERT_FALSE(search);
    EXPECT_EQ(search.error().offset, 0u);
}

TEST(SearchReply, OnUdpCarriesTheMinorVersion)
{
    const SearchReply reply{.port = 5064, .id = Cid{5}, .minor = minor_version};
    const std::string bytes = hex_of(reply);
    EXPECT_EQ(bytes, same("0006 0008 13c8 0000 ffffffff 00000005 000d 0000 0000 0000"));
    const auto whole = from_hex(bytes);
    const Frame frame = next_message(whole);
    EXPECT_EQ(decode_search_reply(frame.header, frame.payload), reply);
}

TEST(SearchReply, OnTcpHasNoPayload)
{
    const SearchReply reply{.port = 5064, .address = 0x7F000001, .id = Cid{5}, .minor = {}};
    EXPECT_EQ(hex_of(reply), same("0006 0000 13c8 0000 7f000001 00000005"));
    EXPECT_EQ(decode_search_reply(next_message(from_hex(hex_of(reply))).header, {}), reply);
}

TEST(NotFound, CopiesTheRequest)
{
    const NotFound answer{.id = Cid{7}};
    EXPECT_EQ(hex_of(answer), same("000e 0000 000a 000d 00000007 00000007"));
    EXPECT_EQ(decode_not_found(next_message(from_hex(hex_of(answer))).header), answer);
}

} // namespace
} // namespace iochron::wire::ca
