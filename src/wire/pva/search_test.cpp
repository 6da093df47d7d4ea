#include "wire/pva/search.h"

#include "wire/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::pva {
namespace {

using base::ByteOrder;

// Payloads as PVXS 1.5.2 sends them.
constexpr std::string_view search_payload = "44332211 80 000000 00000000000000000000ffff7f000001 a0b5"
                                            "01 03 746370 0100 07000000 04 543a6169"; // "tcp", "T:ai"

TEST(PvaSearchTest, ReadsAndWritesASearch)
{
    const auto bytes = from_hex(search_payload);
    base::Reader reader(bytes, ByteOrder::little);
    const auto search = read_search(reader);
    ASSERT_TRUE(search);
    EXPECT_EQ(reader.left(), 0u);
    EXPECT_EQ(search->sequence, 0x11223344u);
    EXPECT_EQ(search->flags, Search::unicast);
    EXPECT_EQ(search->answer_to, base::ipv4_loopback);
    EXPECT_EQ(search->answer_port, 0xb5a0);
    EXPECT_TRUE(search->tcp);
    ASSERT_EQ(search->names.size(), 1u);
    EXPECT_EQ(search->names[0].id, 7u);
    EXPECT_EQ(search->names[0].name, "T:ai");

    std::vector<std::byte> out;
    write(out, ByteOrder::little, *search);
    EXPECT_EQ(to_hex(out), same(std::string("ca 02 00 03 2a000000").append(search_payload)));
}

TEST(PvaSearchTest, DiscoveryHasNoProtocolsAndNoNames)
{
    const auto bytes = from_hex("44332211 81 000000 00000000000000000000ffff7f000001 a0b5 00 0000");
    base::Reader reader(bytes, ByteOrder::little);
    const auto search = read_search(reader);
    ASSERT_TRUE(search);
    EXPECT_TRUE(search->tcp) << "no protocol named: any will do";
    EXPECT_TRUE(search->names.empty());
}

TEST(PvaSearchTest, OtherProtocolsAndAddresses)
{
    const auto tls = from_hex("44332211 80 000000 fe800000000000000000000000000001 a0b5 01 03 746c73 0000");
    base::Reader reader(tls, ByteOrder::little);
    const auto search = read_search(reader);
    ASSERT_TRUE(search);
    EXPECT_FALSE(search->tcp);
    EXPECT_FALSE(search->answer_to) << "a true IPv6 address";
}

TEST(PvaSearchTest, AnyCutIsAFault)
{
    const auto bytes = from_hex(search_payload);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        base::Reader reader(std::span<const std::byte>(bytes).first(size), ByteOrder::little);
        const auto search = read_search(reader);
        EXPECT_FALSE(search) << size;
    }
}

TEST(PvaSearchTest, ReadsAndWritesAResponse)
{
    constexpr std::string_view payload = "0102030405060708090a0b0c 11223344 00000000000000000000ffff00000000 17bb"
                                         "03 746370 01 0001 00000007";
    const auto bytes = from_hex(payload);
    base::Reader reader(bytes, ByteOrder::big);
    const auto response = read_search_response(reader);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->sequence, 0x11223344u);
    EXPECT_EQ(response->server, base::ipv4_any);
    EXPECT_EQ(response->port, 6075);
    EXPECT_EQ(response->protocol, "tcp");
    EXPECT_TRUE(response->found);
    EXPECT_EQ(response->ids, std::vector<std::uint32_t>{7});

    std::vector<std::byte> out;
    write(out, Role::server, ByteOrder::big, *response);
    EXPECT_EQ(to_hex(out), same("ca 02 c0 04 0000002d 0102030405060708090a0b0c 11223344"
                                "00000000000000000000000000000000 17bb 03 746370 01 0001 00000007"))
        << "any address as zeros";
}

TEST(PvaSearchTest, ReadsAndWritesABeacon)
{
    constexpr std::string_view payload = "0102030405060708090a0b0c 00 00 0002"
                                         "00000000000000000000000000000000 b5cf 03 746370 ff";
    const auto bytes = from_hex(payload);
    base::Reader reader(bytes, ByteOrder::big);
    const auto beacon = read_beacon(reader);
    ASSERT_TRUE(beacon);
    EXPECT_EQ(beacon->changes, 2u);
    EXPECT_EQ(beacon->port, 0xb5cf);
    std::vector<std::byte> out;
    write(out, ByteOrder::big, *beacon);
    EXPECT_EQ(to_hex(out), same(std::string("ca 02 c0 00 00000027").append(payload)));
}

TEST(PvaSearchTest, TheOriginTagStandsBeforeAForwardedSearch)
{
    std::vector<std::byte> out;
    write_origin_tag(out, ByteOrder::big, base::ipv4_loopback);
    EXPECT_EQ(to_hex(out).substr(0, 19), same("ca 02 80 16 00000010").substr(0, 19));
    EXPECT_EQ(out.size(), header_bytes + 16);
}

} // namespace
} // namespace iochron::wire::pva
