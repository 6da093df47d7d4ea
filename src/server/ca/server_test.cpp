// The server on its sockets: searches, circuits and beacons over loopback, on ports that the kernel chooses.
#include "server/ca/server.h"

#include "base/log.h"
#include "reactor/tcp.h"
#include "reactor/udp.h"
#include "server/fake_source.h"
#include "wire/ca/beacon.h"
#include "wire/ca/channel.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/search.h"
#include "wire/ca/version.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::ca {
namespace {

using namespace std::chrono_literals;
using wire::ca::Command;

/// Keeps the lines, for tests of what is told at the start.
/// Thread: shard
class KeptLog final : public base::Log {
  public:
    void write(base::Level /*level*/, std::string_view /*key*/, std::string_view text) override
    {
        lines.emplace_back(text);
    }
    std::vector<std::string> lines;
};

/// A client's end: sends what it is given, keeps the headers that come.
/// Thread: shard
class Peer final : public base::Connection {
  public:
    struct State {
        std::vector<wire::ca::Header> got;
        Peer* peer = nullptr;
        reactor::TcpStream* stream = nullptr;
        bool closed = false;
    };
    Peer(State& state, base::BlockPool& pool, reactor::TcpStream& stream) : state_(state), out_(pool)
    {
        state_.peer = this;
        state_.stream = &stream;
    }
    template <class M>
    void send(const M& message)
    {
        encode(out_, message);
        state_.stream->touch();
    }

    void received(std::span<const std::byte> bytes, base::Steady /*now*/) override
    {
        in_.insert(in_.end(), bytes.begin(), bytes.end());
        for (;;) {
            const wire::ca::Frame frame = wire::ca::next_message(in_);
            if (frame.kind != wire::ca::Frame::Kind::message) {
                return;
            }
            state_.got.push_back(frame.header);
            in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(frame.total_bytes));
        }
    }
    void ended(base::Steady /*now*/) override { finished_ = true; }
    void due(base::Steady /*now*/) override {}
    void closed(std::string_view /*why*/, base::Steady /*now*/) override { state_.closed = true; }
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] base::Output& output() override { return out_; }

  private:
    State& state_;
    base::Output out_;
    std::vector<std::byte> in_;
    bool finished_ = false;
};

class ServerTest : public testing::Test {
  protected:
    ServerTest()
    {
        settings.interfaces = {base::ipv4_loopback};
        settings.port = 0;
        settings.auto_beacons = false;
        source.add("a", pv::Value::of(1.5));
    }
    std::unique_ptr<Server> open()
    {
        auto server = Server::open(
            shard, settings, {.sources = {&source}, .log = log, .counters = counters, .budget = budget, .limits = {}});
        EXPECT_TRUE(server) << server.error();
        return std::move(*server);
    }
    bool wait(const std::function<bool()>& done) { return shard.run_until(shard.refresh() + 20s, done); }
    std::unique_ptr<reactor::UdpSocket> listen(std::vector<std::vector<std::byte>>& to)
    {
        auto socket =
            reactor::UdpSocket::open(shard, {.bind = {base::ipv4_loopback, 0}, .groups = {}, .multicast_from = {}},
                                     [&to](std::span<const reactor::Datagram> datagrams) {
                                         for (const reactor::Datagram& datagram : datagrams) {
                                             to.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
                                         }
                                     });
        EXPECT_TRUE(socket);
        return std::move(*socket);
    }

    reactor::Shard shard;
    KeptLog log;
    base::Counters counters;
    Budget budget{1u << 30};
    FakeSource source;
    Settings settings;
};

TEST_F(ServerTest, IsFoundByUdpAndServesByTcp)
{
    const std::unique_ptr<Server> server = open();
    std::vector<std::vector<std::byte>> answers;
    const auto socket = listen(answers);
    const wire::ca::Version version = wire::ca::datagram_version(9);
    const wire::ca::Search search{.id = wire::ca::Cid{7}, .name = "a"};
    std::vector<std::byte> bytes(frame_bytes(version) + frame_bytes(search));
    base::Writer writer(bytes);
    encode(writer, version);
    encode(writer, search);
    ASSERT_TRUE(socket->send({base::ipv4_loopback, server->udp_port()}, bytes));
    ASSERT_TRUE(wait([&] { return !answers.empty(); }));
    const wire::ca::Frame reply =
        wire::ca::next_message(std::span<const std::byte>(answers[0]).subspan(wire::ca::short_header_bytes));
    EXPECT_EQ(decode_search_reply(reply.header, reply.payload).port, server->port());

    Peer::State peer;
    reactor::TcpStreams streams(shard);
    reactor::TcpConnect connect(
        streams, {base::ipv4_loopback, server->port()}, 5s,
        [&](reactor::TcpStream& stream) { return std::make_unique<Peer>(peer, shard.pool(), stream); },
        [](const std::string& why) { ADD_FAILURE() << why; });
    ASSERT_TRUE(wait([&] { return peer.got.size() == 1; })); // the server speaks first
    peer.peer->send(wire::ca::Version{});
    peer.peer->send(wire::ca::CreateChannel{.cid = wire::ca::Cid{3}, .name = "a"});
    ASSERT_TRUE(wait([&] { return peer.got.size() == 3; }));
    peer.peer->send(wire::ca::EventAdd{.type = wire::ca::Dbr::time_double,
                                       .count = 1,
                                       .sid = wire::ca::Sid{peer.got[2].p2},
                                       .subscription = wire::ca::SubId{4},
                                       .mask = 1});
    ASSERT_TRUE(wait([&] { return peer.got.size() == 4; }));
    source.post("a", pv::Value::of(2.5));
    source.settle_all();
    ASSERT_TRUE(wait([&] { return peer.got.size() == 5; }));
    EXPECT_EQ(peer.got[4].command, Command::event_add);
    EXPECT_EQ(peer.got[4].p2, 4u);
    const std::vector<std::string> lines = server->report(2);
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_EQ(lines[3], "    a (id 4): 2 delivered, 0 superseded");
}

TEST_F(ServerTest, StoppingEndsTheCircuits)
{
    std::unique_ptr<Server> server = open();
    Peer::State peer;
    reactor::TcpStreams streams(shard);
    reactor::TcpConnect connect(
        streams, {base::ipv4_loopback, server->port()}, 5s,
        [&](reactor::TcpStream& stream) { return std::make_unique<Peer>(peer, shard.pool(), stream); },
        [](const std::string& why) { ADD_FAILURE() << why; });
    ASSERT_TRUE(wait([&] { return peer.got.size() == 1; }));
    server.reset();
    EXPECT_TRUE(wait([&] { return peer.closed; }));
    EXPECT_EQ(counters.get("ca.server.circuits").value(), 0u);
}

TEST_F(ServerTest, TheSecondOnOnePortTakesAnotherForTcpAndTellsIt)
{
    const std::unique_ptr<Server> first = open();
    settings.port = first->port();
    const std::unique_ptr<Server> second = open();
    EXPECT_NE(second->port(), first->port());
    EXPECT_EQ(second->udp_port(), first->port());
    ASSERT_EQ(log.lines.size(), 4u);
    EXPECT_EQ(log.lines[2], "CA server: listening on 127.0.0.1:" + std::to_string(second->port()) + " (port " +
                                std::to_string(first->port()) + " is taken), searches on UDP port " +
                                std::to_string(first->port()));
    EXPECT_EQ(log.lines[3], "CA server: beacons to nobody");
}

TEST_F(ServerTest, BeaconsTellTheTcpPort)
{
    std::vector<std::vector<std::byte>> beacons;
    const auto socket = listen(beacons);
    settings.beacon_list = to_string(socket->local());
    const std::unique_ptr<Server> server = open();
    ASSERT_TRUE(wait([&] { return beacons.size() >= 3; }));
    for (std::uint32_t i = 0; i < 3; ++i) {
        const wire::ca::Header header = wire::ca::next_message(beacons[i]).header;
        EXPECT_EQ(header.command, Command::beacon);
        EXPECT_EQ(wire::ca::decode_beacon(header), (wire::ca::Beacon{.port = server->port(), .id = i}));
    }
}

TEST_F(ServerTest, SearchesFromIgnoredAddressesAreDropped)
{
    settings.ignored = {base::ipv4_loopback};
    const std::unique_ptr<Server> server = open();
    settings.ignored.clear();
    const std::unique_ptr<Server> other = open();
    std::vector<std::vector<std::byte>> answers;
    const auto socket = listen(answers);
    const wire::ca::Search search{.id = wire::ca::Cid{7}, .name = "a"};
    std::vector<std::byte> bytes(frame_bytes(wire::ca::Version{}) + frame_bytes(search));
    base::Writer writer(bytes);
    encode(writer, wire::ca::Version{});
    encode(writer, search);
    ASSERT_TRUE(socket->send({base::ipv4_loopback, server->udp_port()}, bytes));
    ASSERT_TRUE(socket->send({base::ipv4_loopback, other->udp_port()}, bytes));
    ASSERT_TRUE(wait([&] { return !answers.empty(); }));
    const wire::ca::Frame reply =
        wire::ca::next_message(std::span<const std::byte>(answers[0]).subspan(wire::ca::short_header_bytes));
    EXPECT_EQ(decode_search_reply(reply.header, reply.payload).port, other->port());
}

} // namespace
} // namespace iochron::server::ca
