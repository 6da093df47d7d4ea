#include "server/ca/conversation.h"
#include "wire/ca/echo.h"
#include "wire/ca/error.h"
#include "wire/ca/search.h"

#include <gtest/gtest.h>

#include <array>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;
using wire::ca::Header;

std::vector<std::byte> hex(std::initializer_list<int> bytes)
{
    std::vector<std::byte> all;
    for (const int byte : bytes) {
        all.push_back(std::byte(byte));
    }
    return all;
}

class StateTest : public testing::Test {
  protected:
    StateTest() { server.source.add("a", pv::Value::of(1.5)); }
    ServerInMemory server;
};

TEST_F(StateTest, SpeaksFirst)
{
    Client client(server, 13, false);
    const Got got = client.take_one();
    EXPECT_EQ(got.header, (Header{.command = Command::version, .count = 13}));
}

TEST_F(StateTest, WholeConversationByteByByte)
{
    Client client(server, 13, false);
    (void)client.take();
    const std::vector<std::byte> bytes = hex({
        0, 0,  0, 0, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0,                              // VERSION
        0, 20, 0, 8, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,  'm', 'e', 0, 0, 0, 0, 0, 0, // CLIENT_NAME
        0, 18, 0, 8, 0, 0, 0, 0,  0, 0, 0, 9, 0, 0, 0, 13, 'a', 0,   0, 0, 0, 0, 0, 0, // CREATE_CHAN
        0, 15, 0, 0, 0, 6, 0, 1,  0, 0, 4, 0, 0, 0, 0, 5,                              // READ_NOTIFY of DOUBLE
    });
    for (const std::byte& byte : bytes) {
        client.raw({&byte, 1});
    }
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[2].header,
              (Header{.command = Command::read_notify, .size = 8, .type = 6, .count = 1, .p1 = 1, .p2 = 5}));
    EXPECT_EQ(got[2].number(), 1.5);
    EXPECT_EQ(client.circuit().peer().account, "me");
    EXPECT_EQ(client.circuit().peer().address, "10.0.0.7:41234");
}

TEST_F(StateTest, NothingIsExecutedBeforeVersion)
{
    Client client(server, 13, false);
    (void)client.take();
    client.send(wire::ca::CreateChannel{.cid = wire::ca::Cid{1}, .name = "a"});
    EXPECT_EQ(client.take_one().header.p2, 278u);
    client.send(wire::ca::Version{});
    EXPECT_NE(client.create("a"), wire::ca::Sid{});
}

TEST_F(StateTest, TooOldOrTooUrgentIsClosedSilently)
{
    Client old(server, 3);
    EXPECT_TRUE(old.circuit().finished());
    Client urgent(server, 13, false);
    (void)urgent.take();
    urgent.send(wire::ca::Version{.priority = 100});
    EXPECT_TRUE(urgent.circuit().finished());
    EXPECT_TRUE(urgent.take().empty());
}

TEST_F(StateTest, ARepeatedVersionIsHarmless)
{
    Client client(server);
    client.send(wire::ca::datagram_version(12345));
    EXPECT_FALSE(client.circuit().finished());
    EXPECT_EQ(client.circuit().priority(), 0);
}

TEST_F(StateTest, NamesComeBeforeTheFirstChannel)
{
    Client client(server);
    client.send(wire::ca::ClientName{"me"}, wire::ca::HostName{"here"});
    (void)client.create("a");
    client.send(wire::ca::ClientName{"somebody else"});
    EXPECT_EQ(client.take_one().header.p2, 142u);
    EXPECT_EQ(client.circuit().peer().account, "me");
    EXPECT_EQ(client.circuit().peer().host, "here");
}

TEST_F(StateTest, EchoIsACopyAndReadSyncAHeader)
{
    Client client(server);
    const std::array<std::byte, 8> data{std::byte{1}, std::byte{2}};
    client.send(wire::ca::Echo{.type = 1, .count = 2, .p1 = 3, .p2 = 4, .data = data},
                wire::ca::ReadSync{.type = 5, .count = 6, .p1 = 7, .p2 = 8});
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header, (Header{.command = Command::echo, .size = 8, .type = 1, .count = 2, .p1 = 3, .p2 = 4}));
    EXPECT_EQ(got[0].payload, std::vector<std::byte>(data.begin(), data.end()));
    EXPECT_EQ(got[1].header, (Header{.command = Command::read_sync, .type = 5, .count = 6, .p1 = 7, .p2 = 8}));
}

TEST_F(StateTest, SearchOverTcp)
{
    server.service().set_port(5099);
    server.second.add("b", pv::Value::of(2.0));
    Client client(server);
    client.send(wire::ca::Search{.id = wire::ca::Cid{4}, .name = "b"},
                wire::ca::Search{.id = wire::ca::Cid{5}, .name = "none"},
                wire::ca::Search{.reply_not_found = true, .id = wire::ca::Cid{6}, .name = "none"});
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header, (Header{.command = Command::search, .type = 5099, .p1 = wire::ca::no_id, .p2 = 4}));
    EXPECT_EQ(got[1].header, (Header{.command = Command::not_found, .type = 10, .count = 13, .p1 = 6, .p2 = 6}));
    EXPECT_EQ(server.counters.get("ca.server.searches").value(), 3u);
    EXPECT_EQ(server.counters.get("ca.server.found").value(), 1u);
}

TEST_F(StateTest, AnObsoleteCommandIsRefusedAndAnUnknownOneEndsTheCircuit)
{
    Client client(server);
    client.raw(hex({0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2}));
    const Got got = client.take_one();
    EXPECT_EQ(got.command(), Command::error);
    const auto error = wire::ca::decode_error(got.header, got.payload);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->status, wire::ca::Eca::internal);
    EXPECT_EQ(error->request.p2, 2u);
    EXPECT_FALSE(client.circuit().finished());
    client.raw(hex({77, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2}));
    EXPECT_EQ(client.take_one().command(), Command::error);
    EXPECT_TRUE(client.circuit().finished());
    EXPECT_EQ(server.counters.get("ca.server.malformed").value(), 2u);
}

TEST_F(StateTest, AMisalignedMessageEndsTheCircuit)
{
    Client client(server);
    client.raw(hex({0, 23, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}));
    EXPECT_EQ(client.take_one().header.p2, 142u);
    EXPECT_TRUE(client.circuit().finished());
}

TEST_F(StateTest, AMessageThatIsTooLargeIsSkipped)
{
    server.limits.message_bytes = 100;
    Client client(server);
    const std::vector<std::byte> payload(200);
    client.send(wire::ca::Echo{.p1 = 1, .data = payload}, wire::ca::Echo{.p1 = 2, .data = {}});
    std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header.p2, 72u);
    EXPECT_EQ(got[1].header.p1, 2u);
    // The same in pieces.
    std::vector<std::byte> bytes(wire::ca::frame_bytes(wire::ca::Echo{.data = payload}));
    base::Writer writer(bytes);
    encode(writer, wire::ca::Echo{.p1 = 3, .data = payload});
    for (const std::byte& byte : bytes) {
        client.raw({&byte, 1});
    }
    client.send(wire::ca::Echo{.p1 = 4, .data = {}});
    got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[1].header.p1, 4u);
}

TEST_F(StateTest, HalfCloseExecutesWritesAndWaitsForTheirEnd)
{
    server.source.hold_writes = true;
    Client client(server);
    const wire::ca::Sid sid = client.create("a");
    client.subscribe(sid, 1);
    (void)client.take();
    std::array<std::byte, 8> data{};
    base::store(data.data(), 4.5, base::ByteOrder::big);
    client.add(wire::ca::Write{.type = wire::ca::Dbr::double_, .count = 1, .sid = sid, .data = data});
    client.add(wire::ca::WriteNotify{
        .type = wire::ca::Dbr::double_, .count = 1, .sid = sid, .ioid = wire::ca::Ioid{3}, .data = data});
    client.send();
    client.end();
    EXPECT_EQ(server.source.written.size(), 2u);
    EXPECT_FALSE(client.circuit().finished());
    server.source.answer_held();
    EXPECT_TRUE(client.circuit().finished());
    EXPECT_EQ(client.take().back().command(), Command::write_notify);
    EXPECT_TRUE(server.source.subscriptions.empty());
}

TEST_F(StateTest, HalfCloseDoesNotWaitForEver)
{
    server.source.hold_writes = true;
    Client client(server);
    const std::array<std::byte, 8> data{};
    client.send(wire::ca::WriteNotify{
        .type = wire::ca::Dbr::double_, .count = 1, .sid = client.create("a"), .ioid = {}, .data = data});
    client.end();
    ASSERT_NE(client.circuit().deadline(), base::never);
    client.circuit().due(client.circuit().deadline());
    EXPECT_TRUE(client.circuit().finished());
}

TEST_F(StateTest, HangingUpLetsEverythingGo)
{
    server.source.hold_writes = true;
    server.source.hold_reads = true;
    Client client(server);
    const wire::ca::Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2, wire::ca::Dbr::double_);
    const std::array<std::byte, 8> data{};
    client.send(
        wire::ca::ReadNotify{.type = wire::ca::Dbr::double_, .count = 1, .sid = sid, .ioid = {}},
        wire::ca::WriteNotify{.type = wire::ca::Dbr::double_, .count = 1, .sid = sid, .ioid = {}, .data = data});
    server.source.post("a", pv::Value::of(1.0));
    client.hang_up();
    EXPECT_TRUE(server.source.channels.empty());
    EXPECT_TRUE(server.source.subscriptions.empty());
    EXPECT_TRUE(server.source.held.empty());
    EXPECT_EQ(server.counters.get("ca.server.subscriptions").value(), 0u);
    EXPECT_EQ(server.counters.get("ca.server.channels").value(), 0u);
    EXPECT_EQ(server.counters.get("ca.server.circuits").value(), 0u);
    EXPECT_GT(server.counters.get("ca.server.dropped").value(), 0u);
    EXPECT_EQ(server.budget.used(), 0u);
    server.source.post("a", pv::Value::of(2.0));
}

} // namespace
} // namespace iochron::server::ca
