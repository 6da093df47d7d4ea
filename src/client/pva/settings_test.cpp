#include "client/pva/settings.h"

#include <gtest/gtest.h>

#include <map>

using namespace std::chrono_literals;
using namespace iochron;
using namespace iochron::client::pva;

namespace {

Settings settings_of(const std::map<std::string, std::string, std::less<>>& variables)
{
    return parse_settings([&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found != variables.end() ? std::optional(found->second) : std::nullopt;
    });
}

} // namespace

TEST(PvaClientSettings, AreThoseOfPvxsWhereNothingIsSaid)
{
    const Settings settings = settings_of({});
    EXPECT_EQ(settings.search_port, 5076);
    EXPECT_EQ(settings.server_port, 5075);
    EXPECT_TRUE(settings.auto_address_list);
    EXPECT_TRUE(settings.address_list.empty() && settings.name_servers.empty() && settings.interfaces.empty());
    EXPECT_EQ(settings.timeout, 40s);
    EXPECT_TRUE(settings.warnings.empty());
}

TEST(PvaClientSettings, FollowTheEnvironment)
{
    const Settings settings = settings_of({{"EPICS_PVA_ADDR_LIST", "10.0.0.1 ioc:4000"},
                                           {"EPICS_PVA_AUTO_ADDR_LIST", "no"},
                                           {"EPICS_PVA_BROADCAST_PORT", "4076"},
                                           {"EPICS_PVA_SERVER_PORT", "80"},
                                           {"EPICS_PVA_NAME_SERVERS", "gateway 10.0.0.2:1234"},
                                           {"EPICS_PVA_INTF_ADDR_LIST", "10.0.0.9"},
                                           {"EPICS_PVA_CONN_TMO", "15"}});
    EXPECT_EQ(settings.address_list, (std::vector<client::Host>{{"10.0.0.1", 4076}, {"ioc", 4000}}));
    EXPECT_FALSE(settings.auto_address_list);
    EXPECT_EQ(settings.name_servers, (std::vector<client::Host>{{"gateway", 80}, {"10.0.0.2", 1234}}));
    EXPECT_EQ(settings.interfaces, std::vector{*base::parse_ipv4("10.0.0.9")});
    EXPECT_EQ(settings.timeout, 20s);
    EXPECT_TRUE(settings.warnings.empty());
}

TEST(PvaClientSettings, TakeTheServersPortWhereTheClientHasNone)
{
    EXPECT_EQ(settings_of({{"EPICS_PVAS_SERVER_PORT", "6000"}}).server_port, 6000);
    EXPECT_EQ(settings_of({{"EPICS_PVAS_SERVER_PORT", "6000"}, {"EPICS_PVA_SERVER_PORT", "7000"}}).server_port, 7000);
}

TEST(PvaClientSettings, AServerAtAnyPortIsNoMistake)
{
    const Settings settings = settings_of({{"EPICS_PVAS_SERVER_PORT", "0"}});
    EXPECT_EQ(settings.server_port, 5075);
    EXPECT_TRUE(settings.warnings.empty());
    EXPECT_EQ(settings_of({{"EPICS_PVA_SERVER_PORT", "0"}}).warnings.size(), 1u);
}

TEST(PvaClientSettings, TellWhatMakesNoSense)
{
    const Settings settings = settings_of({{"EPICS_PVA_BROADCAST_PORT", "0"},
                                           {"EPICS_PVA_CONN_TMO", "soon"},
                                           {"EPICS_PVA_INTF_ADDR_LIST", "eth0"},
                                           {"EPICS_PVA_NAME_SERVERS", "a:b:c"}});
    EXPECT_EQ(settings.search_port, 5076);
    EXPECT_EQ(settings.timeout, 40s);
    EXPECT_TRUE(settings.name_servers.empty());
    EXPECT_EQ(settings.warnings.size(), 4u);
}
