#include "client/pva/beacons.h"

#include "client/pva/beacon_table.h"
#include "wire/pva/header.h"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace iochron;
using namespace iochron::client::pva;

namespace {

wire::pva::Guid guid(int number)
{
    wire::pva::Guid guid{};
    guid[3] = static_cast<std::byte>(number);
    return guid;
}

base::Endpoint server(std::uint32_t number)
{
    return {{0x0a00'0000u + number}, 5075};
}

std::vector<std::byte> beacon(int number, std::uint16_t port)
{
    std::vector<std::byte> bytes;
    write(bytes, base::ByteOrder::big, wire::pva::Beacon{.guid = guid(number), .port = port});
    return bytes;
}

} // namespace

TEST(PvaBeaconTable, KnowsNewAndRestartedServers)
{
    BeaconTable table;
    const base::Steady start{1h};
    EXPECT_TRUE(table.heard(server(1), guid(1), start));
    EXPECT_FALSE(table.heard(server(1), guid(1), start + 15s));
    EXPECT_TRUE(table.heard(server(1), guid(2), start + 16s));
    EXPECT_TRUE(table.heard(server(2), guid(1), start + 17s));
    EXPECT_FALSE(table.heard(server(2), guid(1), start + 3min));
    EXPECT_EQ(table.size(), 2u);
}

TEST(PvaBeaconTable, ForgetsTheSilentAndStaysBounded)
{
    BeaconTable table;
    const base::Steady start{1h};
    for (std::uint32_t i = 0; i < BeaconTable::most_servers; ++i) {
        EXPECT_TRUE(table.heard(server(i), guid(1), start));
    }
    EXPECT_FALSE(table.heard(server(BeaconTable::most_servers), guid(1), start));
    EXPECT_EQ(table.size(), BeaconTable::most_servers);
    EXPECT_TRUE(table.heard(server(1), guid(1), start + 7min));
    EXPECT_EQ(table.size(), 1u);
}

/// Beacons on a port that the system chooses, and somebody who sends.
struct PvaBeacons : testing::Test {
    bool run(const std::function<bool()>& done) { return shard.run_until(shard.refresh() + 30s, done); }
    void send(std::span<const std::byte> bytes) { (void)sender->send(beacons.local().front(), bytes); }
    static Settings settings()
    {
        Settings settings;
        settings.search_port = 0;
        settings.interfaces = {base::ipv4_loopback};
        return settings;
    }

    reactor::Shard shard;
    base::SilentLog log;
    int appeared = 0;
    Beacons beacons{shard, settings(), log, [this] { ++appeared; }};
    std::unique_ptr<reactor::UdpSocket> sender =
        std::move(*reactor::UdpSocket::open(shard, {}, [](std::span<const reactor::Datagram>) {}));
};

TEST_F(PvaBeacons, TellOfServersThatComeUp)
{
    send(beacon(1, 5075));
    ASSERT_TRUE(run([&] { return appeared == 1; }));
    send(beacon(1, 5075));                              // goes on
    send(std::vector<std::byte>(100, std::byte{0xCA})); // makes no sense
    std::vector<std::byte> cut = beacon(3, 1);
    cut.resize(30);
    send(cut);
    send(beacon(1, 5076)); // another server of that host
    ASSERT_TRUE(run([&] { return appeared == 2; }));
    send(beacon(2, 5075)); // the first one again
    ASSERT_TRUE(run([&] { return appeared == 3; }));
}

TEST_F(PvaBeacons, HandASearchOnToTheServersOfTheHost)
{
    std::vector<std::byte> handed_on;
    const std::uint16_t port = beacons.local().front().port;
    auto group = reactor::UdpSocket::open(
        shard,
        {.bind = {wire::pva::host_group, port},
         .share_port = true,
         .groups = {{wire::pva::host_group, base::ipv4_loopback}}},
        [&](std::span<const reactor::Datagram> all) { handed_on.assign(all[0].bytes.begin(), all[0].bytes.end()); });
    if (!group) {
        GTEST_SKIP() << "no multicast here: " << group.error();
    }
    std::vector<std::byte> bytes;
    wire::pva::Search search{.sequence = 7, .answer_to = base::ipv4_any, .answer_port = 4711, .names = {{1, "PV"}}};
    write(bytes, base::ByteOrder::little, search); // a broadcast: everybody has heard it
    send(bytes);
    search.flags = wire::pva::Search::unicast;
    search.sequence = 8;
    bytes.clear();
    write(bytes, base::ByteOrder::little, search);
    send(bytes);
    ASSERT_TRUE(run([&] { return !handed_on.empty(); }));
    std::vector<std::byte> expected;
    wire::pva::write_handed_on(expected, search, {base::ipv4_loopback, 4711});
    EXPECT_EQ(handed_on, expected);
}
