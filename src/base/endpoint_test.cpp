#include "base/endpoint.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace iochron::base {
namespace {

TEST(Endpoint, ParsesAndPrintsAddresses)
{
    EXPECT_EQ(parse_ipv4("127.0.0.1"), ipv4_loopback);
    EXPECT_EQ(parse_ipv4("255.255.255.255"), ipv4_broadcast);
    EXPECT_EQ(to_string(Ipv4{0x0a0102fe}), "10.1.2.254");
    EXPECT_EQ(to_string(Endpoint{ipv4_loopback, 5064}), "127.0.0.1:5064");
}

TEST(Endpoint, RefusesWhatIsNoAddress)
{
    for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", "1.2.3.", "01.2.3.4", "1.2.3.4 ",
                             "-1.2.3.4", "1.2.3.+4", "0x7f.0.0.1", "localhost"}) {
        EXPECT_FALSE(parse_ipv4(text)) << text;
    }
}

TEST(Endpoint, TakesThePortOrTheDefault)
{
    EXPECT_EQ(parse_endpoint("10.0.0.7:5076", 5064), (Endpoint{Ipv4{0x0a000007}, 5076}));
    EXPECT_EQ(parse_endpoint("10.0.0.7", 5064), (Endpoint{Ipv4{0x0a000007}, 5064}));
    for (const char* text : {"10.0.0.7:", "10.0.0.7:65536", "10.0.0.7:x", "10.0.0.7:-1", ":5064", "ioc:5064"}) {
        EXPECT_FALSE(parse_endpoint(text, 5064)) << text;
    }
}

TEST(Endpoint, SplitsNamesFromPorts)
{
    EXPECT_EQ(split_host_port("ioc-1.example:5064", 1), (HostPort{"ioc-1.example", 5064}));
    EXPECT_EQ(split_host_port("ioc", 1), (HostPort{"ioc", 1}));
    EXPECT_FALSE(split_host_port("", 1));
    EXPECT_FALSE(split_host_port("::1", 1)); // IPv6 is not spoken
}

TEST(Endpoint, TellsKindsOfAddresses)
{
    EXPECT_TRUE(parse_ipv4("127.8.9.1")->loopback());
    EXPECT_FALSE(parse_ipv4("128.0.0.1")->loopback());
    EXPECT_TRUE(parse_ipv4("224.0.0.128")->multicast());
    EXPECT_FALSE(parse_ipv4("223.255.255.255")->multicast());
    EXPECT_TRUE(ipv4_any.any());
}

TEST(Endpoint, IsAKeyOfHashTables)
{
    std::unordered_set<Endpoint> seen;
    for (std::uint16_t port = 0; port < 1000; ++port) {
        seen.insert({ipv4_loopback, port});
    }
    EXPECT_EQ(seen.size(), 1000u);
    EXPECT_TRUE(seen.contains({ipv4_loopback, 7}));
    EXPECT_FALSE(seen.contains({ipv4_any, 7}));
}

} // namespace
} // namespace iochron::base
