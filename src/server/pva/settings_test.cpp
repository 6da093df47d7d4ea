#include "server/pva/settings.h"

#include <gtest/gtest.h>

#include <map>

using namespace std::chrono_literals;
using namespace iochron;
using namespace iochron::server::pva;

namespace {

ParsedSettings settings_of(const std::map<std::string, std::string, std::less<>>& variables)
{
    return parse_settings([&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found != variables.end() ? std::optional(found->second) : std::nullopt;
    });
}

} // namespace

TEST(PvaServerSettings, AreThoseOfPvxsWhereNothingIsSaid)
{
    const auto [settings, problems] = settings_of({});
    EXPECT_EQ(settings.port, 5075);
    EXPECT_EQ(settings.search_port, 5076);
    EXPECT_EQ(settings.silence, 40s);
    EXPECT_TRUE(settings.auto_beacons);
    EXPECT_TRUE(problems.empty());
}

TEST(PvaServerSettings, ComeFromTheServersVariablesFirst)
{
    const auto [settings, problems] = settings_of({{"EPICS_PVAS_SERVER_PORT", "0"},
                                                   {"EPICS_PVA_SERVER_PORT", "6000"},
                                                   {"EPICS_PVA_BROADCAST_PORT", "4076"},
                                                   {"EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1 224.0.0.9"},
                                                   {"EPICS_PVA_AUTO_ADDR_LIST", "NO"},
                                                   {"EPICS_PVA_ADDR_LIST", "10.0.0.255"},
                                                   {"EPICS_PVA_CONN_TMO", "6"}});
    EXPECT_EQ(settings.port, 0);
    EXPECT_EQ(settings.search_port, 4076);
    EXPECT_EQ(settings.interfaces, std::vector{base::ipv4_loopback});
    EXPECT_EQ(settings.groups, std::vector{*base::parse_ipv4("224.0.0.9")});
    EXPECT_FALSE(settings.auto_beacons);
    EXPECT_EQ(settings.beacon_list, "10.0.0.255");
    EXPECT_EQ(settings.silence, 8s);
    EXPECT_TRUE(problems.empty());
}

TEST(PvaServerSettings, TellWhatMakesNoSense)
{
    const auto [settings, problems] = settings_of(
        {{"EPICS_PVAS_SERVER_PORT", "many"}, {"EPICS_PVA_CONN_TMO", "0"}, {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "x"}});
    EXPECT_EQ(settings.port, 5075);
    EXPECT_EQ(settings.silence, 40s);
    EXPECT_EQ(problems.size(), 3u);
}
