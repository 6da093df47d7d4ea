#include "reactor/udp.h"

#include "reactor/interfaces.h"
#include "reactor/socket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include <sys/socket.h>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;

bool run(Shard& shard, const std::function<bool()>& done)
{
    return shard.run_until(std::chrono::steady_clock::now() + 30s, done);
}

std::span<const std::byte> bytes(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

std::string text(const Datagram& datagram)
{
    return {reinterpret_cast<const char*>(datagram.bytes.data()), datagram.bytes.size()};
}

std::unique_ptr<UdpSocket> open(Shard& shard, UdpSettings settings, UdpSocket::Receive receive)
{
    auto socket = UdpSocket::open(shard, settings, std::move(receive));
    EXPECT_TRUE(socket) << socket.error();
    return std::move(*socket);
}

const UdpSettings on_loopback{.bind = {base::ipv4_loopback, 0}};

TEST(Udp, CarriesDatagramsAndTellsTheSender)
{
    Shard shard;
    std::vector<std::string> got;
    base::Endpoint from;
    const auto a = open(shard, on_loopback, [&](std::span<const Datagram> datagrams) {
        for (const Datagram& datagram : datagrams) {
            got.push_back(text(datagram));
            from = datagram.from;
        }
    });
    const auto b = open(shard, on_loopback, [](std::span<const Datagram>) {});
    EXPECT_TRUE(b->send(a->local(), bytes("search")));
    EXPECT_TRUE(b->send(a->local(), {})); // an empty datagram is one
    EXPECT_TRUE(b->send(a->local(), bytes(std::string(60'000, 'x'))));
    ASSERT_TRUE(run(shard, [&] { return got.size() == 3; }));
    EXPECT_EQ(got, (std::vector<std::string>{"search", "", std::string(60'000, 'x')}));
    EXPECT_EQ(from, b->local());
}

TEST(Udp, HandsOverBatchesAndBoundsATurn)
{
    Shard shard;
    std::size_t most = 0;
    std::size_t total = 0;
    UdpSettings settings = on_loopback;
    settings.datagrams_per_turn = 8;
    const auto a = open(shard, settings, [&](std::span<const Datagram> datagrams) {
        most = std::max(most, datagrams.size());
        total += datagrams.size();
    });
    const auto b = open(shard, on_loopback, [](std::span<const Datagram>) {});
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(b->send(a->local(), bytes("burst")));
    }
    ASSERT_TRUE(run(shard, [&] { return total == 100; }));
    EXPECT_EQ(most, 8u);
}

TEST(Udp, IgnoresThatAnEarlierDatagramFoundNobody)
{
    Shard shard;
    std::size_t got = 0;
    const auto a = open(shard, on_loopback, [&](std::span<const Datagram> datagrams) { got += datagrams.size(); });
    base::Endpoint nobody;
    {
        nobody = open(shard, on_loopback, [](std::span<const Datagram>) {})->local();
    }
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(a->send(nobody, bytes("anyone?"))); // each is answered by ICMP "port unreachable"
    }
    EXPECT_TRUE(a->send(a->local(), bytes("self")));
    ASSERT_TRUE(run(shard, [&] { return got == 1; }));
}

TEST(Udp, MayBeDestroyedByItsOwnReceive)
{
    Shard shard;
    std::unique_ptr<UdpSocket> a;
    int calls = 0;
    UdpSettings settings = on_loopback;
    settings.datagrams_per_turn = 64;
    a = open(shard, settings, [&](std::span<const Datagram>) {
        ++calls;
        a.reset();
    });
    const auto b = open(shard, on_loopback, [](std::span<const Datagram>) {});
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(b->send(a->local(), bytes("x")));
    }
    ASSERT_TRUE(run(shard, [&] { return a == nullptr; }));
    bool done = false;
    shard.post([&] { done = true; });
    ASSERT_TRUE(run(shard, [&] { return done; }));
    EXPECT_EQ(calls, 1);
}

TEST(Udp, SharesAPortOnlyWhenAsked)
{
    Shard shard;
    UdpSettings settings = on_loopback;
    settings.share_port = true;
    const auto a = open(shard, settings, [](std::span<const Datagram>) {});
    settings.bind = a->local();
    const auto b = open(shard, settings, [](std::span<const Datagram>) {});
    EXPECT_EQ(a->local(), b->local());
    settings.share_port = false;
    const auto c = UdpSocket::open(shard, settings, [](std::span<const Datagram>) {});
    ASSERT_FALSE(c);
    EXPECT_NE(c.error().find("is in use on 127.0.0.1"), std::string::npos) << c.error();
}

TEST(Udp, GivesAMulticastToAllWhoJoinedIt)
{
    Shard shard;
    const base::Ipv4 group = *base::parse_ipv4("224.0.0.128"); // the one that PVA uses within a host
    UdpSettings settings{.share_port = true, .groups = {{group, base::ipv4_loopback}}};
    int got_a = 0;
    int got_b = 0;
    int got_stranger = 0;
    const auto a = open(shard, settings, [&](std::span<const Datagram>) { ++got_a; });
    settings.bind.port = a->local().port;
    const auto b = open(shard, settings, [&](std::span<const Datagram>) { ++got_b; });
    settings.groups.clear();
    const auto stranger = open(shard, settings, [&](std::span<const Datagram>) { ++got_stranger; });
    UdpSettings from = on_loopback;
    from.multicast_from = base::ipv4_loopback;
    const auto sender = open(shard, from, [](std::span<const Datagram>) {});
    ASSERT_TRUE(sender->send({group, a->local().port}, bytes("beacon")));
    ASSERT_TRUE(run(shard, [&] { return got_a == 1 && got_b == 1; }));
    EXPECT_EQ(got_stranger, 0);
    EXPECT_FALSE(a->join({base::ipv4_loopback, base::ipv4_any})); // no group
    EXPECT_TRUE(stranger->join({group, base::ipv4_loopback}));
    EXPECT_TRUE(stranger->join({group, base::ipv4_loopback})); // twice is once
    ASSERT_TRUE(sender->send({group, a->local().port}, bytes("beacon")));
    ASSERT_TRUE(run(shard, [&] { return got_stranger == 1; }));
}

TEST(Udp, SendsBroadcastsOnlyWhenAsked)
{
    Shard shard;
    UdpSettings settings;
    const auto silent = open(shard, settings, [](std::span<const Datagram>) {});
    const auto refused = silent->send({base::ipv4_broadcast, 9}, bytes("x"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().substr(0, 17), "255.255.255.255:9");
}

TEST(Interfaces, ListsLoopback)
{
    const auto all = interfaces();
    const auto loopback = std::find_if(all.begin(), all.end(), [](const Interface& i) { return i.loopback; });
    ASSERT_NE(loopback, all.end());
    EXPECT_EQ(loopback->address, base::ipv4_loopback);
    EXPECT_EQ(base::to_string(loopback->mask), "255.0.0.0");
    EXPECT_TRUE(loopback->broadcast.any());
}

TEST(Interfaces, NamesEachPlaceToSearchOnce)
{
    const auto at = [](const char* text) { return *base::parse_ipv4(text); };
    const std::vector<Interface> some{
        {.name = "lo", .address = base::ipv4_loopback, .mask = {}, .broadcast = {}, .loopback = true},
        {.name = "eth0", .address = at("10.0.0.7"), .mask = {}, .broadcast = at("10.0.0.255")},
        {.name = "eth0:1", .address = at("10.0.0.8"), .mask = {}, .broadcast = at("10.0.0.255")}};
    EXPECT_EQ(broadcast_addresses(some), (std::vector<base::Ipv4>{base::ipv4_loopback, at("10.0.0.255")}));
}

} // namespace
} // namespace iochron::reactor
