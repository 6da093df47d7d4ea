#include "client/ca/settings.h"

#include <gtest/gtest.h>

#include <map>

using namespace std::chrono_literals;
using iochron::client::Host;
using iochron::client::ca::parse_settings;
using iochron::client::ca::Settings;

namespace {

Settings parse(std::map<std::string, std::string, std::less<>> variables)
{
    return parse_settings([&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

} // namespace

TEST(CaClientSettings, DefaultsAreThoseOfEpics)
{
    const Settings settings = parse({});
    EXPECT_TRUE(settings.address_list.empty());
    EXPECT_TRUE(settings.auto_address_list);
    EXPECT_EQ(settings.server_port, 5064);
    EXPECT_EQ(settings.repeater_port, 5065);
    EXPECT_EQ(settings.connection_timeout, 30s);
    EXPECT_EQ(settings.max_search_period, 300s);
    EXPECT_FALSE(settings.max_message_bytes);
    EXPECT_TRUE(settings.warnings.empty());
}

TEST(CaClientSettings, ListsTakeTheServerPortAndDropDuplicates)
{
    const Settings settings = parse({{"EPICS_CA_SERVER_PORT", "6064"},
                                     {"EPICS_CA_ADDR_LIST", " 10.0.0.255  ioc1:7000 10.0.0.255\t"},
                                     {"EPICS_CA_NAME_SERVERS", "ns"}});
    EXPECT_EQ(settings.address_list, (std::vector<Host>{{"10.0.0.255", 6064}, {"ioc1", 7000}}));
    EXPECT_EQ(settings.name_servers, (std::vector<Host>{{"ns", 6064}}));
    ASSERT_EQ(settings.warnings.size(), 1u);
    EXPECT_EQ(settings.warnings[0], "EPICS_CA_ADDR_LIST: 10.0.0.255:6064 is there twice");
}

TEST(CaClientSettings, SaysWhatItDidNotTake)
{
    const Settings settings = parse({{"EPICS_CA_SERVER_PORT", "80"},
                                     {"EPICS_CA_MAX_SEARCH_PERIOD", "5"},
                                     {"EPICS_CA_CONN_TMO", "soon"},
                                     {"EPICS_CA_ADDR_LIST", "a:b"}});
    EXPECT_EQ(settings.server_port, 5064);
    EXPECT_EQ(settings.max_search_period, 60s);
    EXPECT_EQ(settings.connection_timeout, 30s);
    EXPECT_TRUE(settings.address_list.empty());
    EXPECT_EQ(settings.warnings.size(), 4u);
}

TEST(CaClientSettings, NumbersMayHaveBlanksAndASign)
{
    const Settings settings = parse({{"EPICS_CA_SERVER_PORT", " 6064 "},
                                     {"EPICS_CA_REPEATER_PORT", "+6065"},
                                     {"EPICS_CA_CONN_TMO", "\t2.5"},
                                     {"EPICS_CA_MAX_SEARCH_PERIOD", "90 "}});
    EXPECT_EQ(settings.server_port, 6064);
    EXPECT_EQ(settings.repeater_port, 6065);
    EXPECT_EQ(settings.connection_timeout, 2500ms);
    EXPECT_EQ(settings.max_search_period, 90s);
    EXPECT_TRUE(settings.warnings.empty());
}

TEST(CaClientSettings, EmptyIsAsGoodAsUnset)
{
    const Settings settings = parse({{"EPICS_CA_SERVER_PORT", ""},
                                     {"EPICS_CA_REPEATER_PORT", ""},
                                     {"EPICS_CA_AUTO_ADDR_LIST", ""},
                                     {"EPICS_CA_AUTO_ARRAY_BYTES", ""},
                                     {"EPICS_CA_MAX_ARRAY_BYTES", ""},
                                     {"EPICS_CA_MCAST_TTL", ""},
                                     {"EPICS_CA_NAME_SERVERS", " "}});
    EXPECT_EQ(settings.server_port, 5064);
    EXPECT_EQ(settings.repeater_port, 5065);
    EXPECT_TRUE(settings.auto_address_list);
    EXPECT_FALSE(settings.max_message_bytes);
    EXPECT_EQ(settings.multicast_ttl, 1);
    EXPECT_TRUE(settings.name_servers.empty());
    EXPECT_TRUE(settings.warnings.empty());
}

TEST(CaClientSettings, ATtlOfZeroKeepsSearchesOnTheHost)
{
    EXPECT_EQ(parse({{"EPICS_CA_MCAST_TTL", "0"}}).multicast_ttl, 0);
    const Settings beyond = parse({{"EPICS_CA_MCAST_TTL", "256"}});
    EXPECT_EQ(beyond.multicast_ttl, 255);
    EXPECT_EQ(beyond.warnings,
              std::vector<std::string>{"EPICS_CA_MCAST_TTL=\"256\" is not between 0 and 255; 255 is used"});
}

TEST(CaClientSettings, OnlyNoInOneCaseTurnsTheInterfacesOff)
{
    EXPECT_FALSE(parse({{"EPICS_CA_AUTO_ADDR_LIST", "NO"}}).auto_address_list);
    EXPECT_FALSE(parse({{"EPICS_CA_AUTO_ADDR_LIST", "no"}}).auto_address_list);
    EXPECT_TRUE(parse({{"EPICS_CA_AUTO_ADDR_LIST", "No"}}).auto_address_list);
}

TEST(CaClientSettings, MessagesAreBoundedOnlyWhenAskedFor)
{
    EXPECT_FALSE(parse({{"EPICS_CA_MAX_ARRAY_BYTES", "100000"}}).max_message_bytes);
    EXPECT_EQ(parse({{"EPICS_CA_MAX_ARRAY_BYTES", "100000"}, {"EPICS_CA_AUTO_ARRAY_BYTES", "NO"}}).max_message_bytes,
              100'024u);
    EXPECT_EQ(parse({{"EPICS_CA_AUTO_ARRAY_BYTES", "no"}}).max_message_bytes, 16'408u);
    const Settings few = parse({{"EPICS_CA_MAX_ARRAY_BYTES", "100"}, {"EPICS_CA_AUTO_ARRAY_BYTES", "no"}});
    EXPECT_EQ(few.max_message_bytes, 16'384u);
    EXPECT_EQ(few.warnings, std::vector<std::string>{"EPICS_CA_MAX_ARRAY_BYTES=100 is too few; 16384 are used"});
}
