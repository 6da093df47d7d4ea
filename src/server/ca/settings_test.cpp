#include "server/ca/settings.h"

#include <gtest/gtest.h>

#include <map>

namespace iochron::server::ca {
namespace {

using namespace std::chrono_literals;

ParsedSettings parse(const std::map<std::string, std::string, std::less<>>& environment)
{
    return parse_settings([&](std::string_view name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    });
}

TEST(CaServerSettings, AnEmptyEnvironmentGivesTheDefaultsOfEpics)
{
    const ParsedSettings parsed = parse({{"EPICS_CAS_SERVER_PORT", ""}});
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_TRUE(parsed.settings.enabled);
    EXPECT_TRUE(parsed.settings.interfaces.empty());
    EXPECT_EQ(parsed.settings.port, 5064);
    EXPECT_EQ(parsed.settings.beacon_port, 5065);
    EXPECT_TRUE(parsed.settings.auto_beacons);
    EXPECT_EQ(parsed.settings.beacon_period, 15s);
    EXPECT_FALSE(parsed.settings.message_bytes);
}

TEST(CaServerSettings, ServerVariablesWinOverTheClientsOnes)
{
    EXPECT_EQ(parse({{"EPICS_CA_SERVER_PORT", "6064"}}).settings.port, 6064);
    EXPECT_EQ(parse({{"EPICS_CA_SERVER_PORT", "6064"}, {"EPICS_CAS_SERVER_PORT", "7064"}}).settings.port, 7064);
    EXPECT_EQ(parse({{"EPICS_CA_REPEATER_PORT", "6065"}}).settings.beacon_port, 6065);
    EXPECT_EQ(parse({{"EPICS_CAS_BEACON_PERIOD", "0.5"}}).settings.beacon_period, 500ms);
    // Not this one: rsrv's beacons do not follow the client's switch.
    EXPECT_TRUE(parse({{"EPICS_CA_AUTO_ADDR_LIST", "NO"}}).settings.auto_beacons);
    // And this one takes all but a yes for a no, unlike the client's.
    EXPECT_FALSE(parse({{"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "NO"}}).settings.auto_beacons);
    EXPECT_FALSE(parse({{"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "No"}}).settings.auto_beacons);
    EXPECT_FALSE(parse({{"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "0"}}).settings.auto_beacons);
    EXPECT_TRUE(parse({{"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "yes"}}).settings.auto_beacons);
    EXPECT_EQ(parse({{"EPICS_CA_BEACON_PERIOD", "3"}}).settings.beacon_period, 3s);
    EXPECT_EQ(parse({{"EPICS_CA_BEACON_PERIOD", "3"}, {"EPICS_CAS_BEACON_PERIOD", "4"}}).settings.beacon_period, 4s);
    EXPECT_EQ(parse({{"EPICS_CA_REPEATER_PORT", "6065"}, {"EPICS_CAS_BEACON_PORT", "7065"}}).settings.beacon_port,
              7065);
    EXPECT_EQ(parse({{"EPICS_CAS_SERVER_PORT", " +6064 "}}).settings.port, 6064);
}

TEST(CaServerSettings, ListsHoldAddressesAndGroups)
{
    const ParsedSettings parsed = parse({{"EPICS_CAS_INTF_ADDR_LIST", " 127.0.0.1 10.0.0.7:5064 224.0.2.9"},
                                         {"EPICS_CAS_IGNORE_ADDR_LIST", "10.0.0.9"},
                                         {"EPICS_CAS_BEACON_ADDR_LIST", "gw:7065 10.1.1.255"}});
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.settings.interfaces, (std::vector<base::Ipv4>{{0x7f000001}, {0x0a000007}}));
    EXPECT_EQ(parsed.settings.groups, (std::vector<base::Ipv4>{{0xe0000209}}));
    EXPECT_EQ(parsed.settings.ignored, (std::vector<base::Ipv4>{{0x0a000009}}));
    EXPECT_EQ(parsed.settings.beacon_list, "gw:7065 10.1.1.255");
    EXPECT_TRUE(parse({{"EPICS_CAS_INTF_ADDR_LIST", "0.0.0.0"}}).settings.interfaces.empty());
}

TEST(CaServerSettings, WhatMakesNoSenseIsToldAndNotTaken)
{
    const ParsedSettings parsed = parse({{"EPICS_CAS_SERVER_PORT", "80"},
                                         {"EPICS_CAS_BEACON_PERIOD", "-1"},
                                         {"EPICS_CAS_INTF_ADDR_LIST", "10.0.0.300"},
                                         {"EPICS_CA_MCAST_TTL", "many"}});
    ASSERT_EQ(parsed.problems.size(), 4u);
    EXPECT_EQ(parsed.problems[0], "EPICS_CAS_INTF_ADDR_LIST: \"10.0.0.300\" is no IPv4 address and is left out");
    EXPECT_EQ(parsed.problems[1], "EPICS_CAS_SERVER_PORT: \"80\" is no port from 5001 to 65535, 5064 is used");
    EXPECT_EQ(parsed.settings.port, 5064);
    EXPECT_EQ(parsed.settings.beacon_period, 15s);
    EXPECT_EQ(parsed.settings.multicast_ttl, 1);
}

TEST(CaServerSettings, ListsAreSeparatedByBlanksOfAnyKind)
{
    const ParsedSettings parsed = parse({{"EPICS_CAS_INTF_ADDR_LIST", "127.0.0.1\n127.0.0.2\t127.0.0.3\r\n"}});
    EXPECT_EQ(parsed.settings.interfaces.size(), 3u);
    EXPECT_TRUE(parsed.problems.empty());
    const ParsedSettings mixed = parse({{"EPICS_CAS_INTF_ADDR_LIST", "0.0.0.0 127.0.0.2"}});
    EXPECT_TRUE(mixed.settings.interfaces.empty());
    EXPECT_EQ(mixed.problems.size(), 1u);
}

TEST(CaServerSettings, ArrayBytesAndDisabledServers)
{
    EXPECT_FALSE(parse({{"EPICS_IOC_IGNORE_SERVERS", "qsrv rsrv"}}).settings.enabled);
    EXPECT_TRUE(parse({{"EPICS_IOC_IGNORE_SERVERS", "myrsrv rsrv2"}}).settings.enabled);
    const ParsedSettings few = parse({{"EPICS_CA_AUTO_ARRAY_BYTES", "NO"}, {"EPICS_CA_MAX_ARRAY_BYTES", "99"}});
    EXPECT_EQ(few.settings.message_bytes, 16384u);
    EXPECT_EQ(few.problems, std::vector<std::string>{"EPICS_CA_MAX_ARRAY_BYTES: 99 is too few, 16384 are used"});
    EXPECT_FALSE(
        parse({{"EPICS_CA_AUTO_ARRAY_BYTES", "YES"}, {"EPICS_CA_MAX_ARRAY_BYTES", "99"}}).settings.message_bytes);
    EXPECT_EQ(parse({{"EPICS_CA_AUTO_ARRAY_BYTES", "NO"}}).settings.message_bytes, 16408u);
    EXPECT_EQ(
        parse({{"EPICS_CA_AUTO_ARRAY_BYTES", "NO"}, {"EPICS_CA_MAX_ARRAY_BYTES", "100000"}}).settings.message_bytes,
        100'024u);
}

} // namespace
} // namespace iochron::server::ca
