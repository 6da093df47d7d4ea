#include "server/ca/conversation.h"

#include <gtest/gtest.h>

namespace iochron::server::ca {
namespace {

using wire::ca::Cid;
using wire::ca::Command;
using wire::ca::Sid;

class ChannelTest : public testing::Test {
  protected:
    ChannelTest() { server.source.add("a", pv::Value::of(1.5)); }
    ServerInMemory server;
};

TEST_F(ChannelTest, RightsComeBeforeTheChannel)
{
    server.source.items.at("a").rights.write = false;
    Client client(server);
    client.send(wire::ca::CreateChannel{.cid = Cid{7}, .name = "a"});
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].command(), Command::access_rights);
    EXPECT_EQ(got[0].header.p1, 7u);
    EXPECT_EQ(got[0].header.p2, 1u);
    EXPECT_EQ(got[1].command(), Command::create_channel);
    EXPECT_EQ(got[1].header.type, 6);
    EXPECT_EQ(got[1].header.count, 1u);
    EXPECT_EQ(got[1].header.p1, 7u);
    EXPECT_EQ(server.counters.get("ca.server.channels").value(), 1u);
}

TEST_F(ChannelTest, UnknownAndEmptyNamesFail)
{
    Client client(server);
    client.send(wire::ca::CreateChannel{.cid = Cid{7}, .name = "b"},
                wire::ca::CreateChannel{.cid = Cid{8}, .name = ""});
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].command(), Command::create_failed);
    EXPECT_EQ(got[1].command(), Command::create_failed);
    EXPECT_EQ(got[0].header.p1 + got[1].header.p1, 15u);
    EXPECT_EQ(client.circuit().channels(), 0u);
    EXPECT_TRUE(server.source.channels.empty());
}

TEST_F(ChannelTest, ManyNamesAreOpenedTogetherAndOneNameOnce)
{
    for (int i = 0; i < 100; ++i) {
        server.source.add("r" + std::to_string(i), pv::Value::of(double(i)));
    }
    Client client(server);
    for (std::uint32_t i = 0; i < 200; ++i) {
        client.add(wire::ca::CreateChannel{.cid = Cid{i}, .name = "r" + std::to_string(i % 100)});
    }
    client.send();
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 400u);
    EXPECT_EQ(server.source.open_calls, 1);
    EXPECT_EQ(server.source.channels.size(), 100u);
    Client other(server);
    (void)other.create("r5");
    EXPECT_EQ(server.source.open_calls, 1);
}

TEST_F(ChannelTest, TheSecondSourceIsAskedWhereTheFirstHasNoSuchName)
{
    server.second.add("b", pv::Value::of(2.5));
    Client client(server);
    client.send(wire::ca::CreateChannel{.cid = Cid{1}, .name = "a"},
                wire::ca::CreateChannel{.cid = Cid{2}, .name = "b"});
    EXPECT_EQ(client.take().size(), 4u);
    EXPECT_EQ(server.second.channels.size(), 1u);
}

TEST_F(ChannelTest, ALateAnswerReachesAllWhoWait)
{
    server.source.hold_opens = true;
    Client client(server);
    Client other(server);
    client.send(wire::ca::CreateChannel{.cid = Cid{1}, .name = "a"},
                wire::ca::CreateChannel{.cid = Cid{2}, .name = "a"});
    other.send(wire::ca::CreateChannel{.cid = Cid{3}, .name = "a"});
    EXPECT_TRUE(client.take().empty());
    server.source.answer_held();
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 4u);
    EXPECT_EQ(got[1].header.p1, 1u);
    EXPECT_EQ(got[3].header.p1, 2u);
    EXPECT_EQ(other.take().size(), 2u);
    EXPECT_GT(client.line.touched, 0);
}

TEST_F(ChannelTest, ACircuitThatEndsWhileItsChannelIsOpenedLeavesNothing)
{
    server.source.hold_opens = true;
    {
        Client client(server);
        client.send(wire::ca::CreateChannel{.cid = Cid{1}, .name = "a"});
        client.hang_up();
    }
    Client other(server);
    other.send(wire::ca::CreateChannel{.cid = Cid{1}, .name = "a"});
    server.source.answer_held();
    EXPECT_EQ(other.take().size(), 2u);
    EXPECT_EQ(server.source.channels.size(), 1u);
    EXPECT_EQ(server.counters.get("ca.server.channels").value(), 1u);
}

TEST_F(ChannelTest, ClearIsEchoedAndTheNameIsLetGo)
{
    Client client(server);
    const Sid sid = client.create("a", 7);
    client.subscribe(sid, 1);
    (void)client.take();
    client.send(wire::ca::ClearChannel{.type = 3, .count = 4, .sid = sid, .cid = Cid{7}});
    const Got got = client.take_one();
    EXPECT_EQ(
        got.header,
        (wire::ca::Header{
            .command = Command::clear_channel, .type = 3, .count = 4, .p1 = static_cast<std::uint32_t>(sid), .p2 = 7}));
    EXPECT_TRUE(server.source.channels.empty());
    EXPECT_TRUE(server.source.subscriptions.empty());
    server.source.post("a", pv::Value::of(2.0));
    EXPECT_TRUE(client.take().empty());
}

TEST_F(ChannelTest, ASidOfAnotherCircuitIsNoneHere)
{
    Client owner(server);
    Client thief(server);
    const Sid sid = owner.create("a");
    thief.send(wire::ca::ReadNotify{.type = wire::ca::Dbr::double_, .count = 1, .sid = sid, .ioid = {}},
               wire::ca::ClearChannel{.sid = sid});
    const std::vector<Got> got = thief.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].command(), Command::error);
    EXPECT_EQ(got[0].header.p2, 142u);
    EXPECT_EQ(got[0].header.p1, wire::ca::no_id);
    EXPECT_FALSE(thief.circuit().finished());
    EXPECT_TRUE(owner.take().empty());
    EXPECT_EQ(server.source.channels.size(), 1u);
}

TEST_F(ChannelTest, AFilterHasItsChannelForItself)
{
    server.source.add("a.{dec:{n:2}}", pv::Value::of(1.0));
    Client client(server);
    client.send(wire::ca::CreateChannel{.cid = Cid{1}, .name = "a.{dec:{n:2}}"},
                wire::ca::CreateChannel{.cid = Cid{2}, .name = "a.{dec:{n:2}}"});
    EXPECT_EQ(client.take().size(), 4u);
    EXPECT_EQ(server.source.channels.size(), 2u);
}

TEST_F(ChannelTest, PeersAreToldApartOnlyWhereTheSourceJudgesThem)
{
    const auto named = [&](Client& client, std::string_view who) {
        client.send(wire::ca::ClientName{who}, wire::ca::HostName{"host"});
        (void)client.create("a");
    };
    Client one(server);
    Client two(server);
    named(one, "alice");
    named(two, "bob");
    EXPECT_EQ(server.source.channels.size(), 1u);
    server.source.judges = true;
    Client three(server);
    Client four(server);
    Client five(server);
    named(three, "carol");
    named(four, "dave");
    named(five, "carol");
    EXPECT_EQ(server.source.channels.size(), 3u);
    EXPECT_EQ(server.source.opened_by, (std::vector<std::string>{"alice", "carol", "dave"}));
}

TEST_F(ChannelTest, RightsThatChangeAreToldWithTheState)
{
    Client client(server);
    client.subscribe(client.create("a", 7), 3);
    (void)client.take();
    server.source.set_rights("a", {.read = false, .write = true});
    server.source.settle_all();
    std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].command(), Command::access_rights);
    EXPECT_EQ(got[0].header.p2, 2u);
    EXPECT_EQ(got[1].header.p1, 368u); // no value, but the reason
    server.source.post("a", pv::Value::of(5.0));
    EXPECT_TRUE(client.take().empty());
    server.source.set_rights("a", {.read = true, .write = true});
    server.source.settle_all();
    got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header.p2, 3u);
    EXPECT_EQ(got[1].number(16), 5.0);
    server.source.post("a", pv::Value::of(6.0));
    EXPECT_EQ(client.values(3), std::vector<double>{6.0});
}

/// To each channel of each circuit, whatever state that is in; and to no channel of another PV.
TEST_F(ChannelTest, RightsThatChangeAreToldToAllCircuits)
{
    server.source.add("b", pv::Value::of(0.0));
    Client idle(server);
    Client pausing(server);
    Client behind(server);
    (void)idle.create("a", 1);
    (void)idle.create("a", 2);
    (void)idle.create("b", 3);
    pausing.subscribe(pausing.create("a", 1), 1);
    behind.subscribe(behind.create("a", 1), 1);
    (void)pausing.take();
    pausing.send(wire::ca::EventsOff{});
    for (int i = 1; i <= 400; ++i) {
        server.clock.advance(std::chrono::milliseconds(10));
        server.source.post("a", pv::Value::of(static_cast<double>(i)));
        server.source.settle_all();
    }
    ASSERT_TRUE(behind.circuit().backlog().behind());
    server.source.set_rights("a", {.read = false, .write = false});
    server.source.settle_all();
    const auto told = [](const std::vector<Got>& all) {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
        for (const Got& got : all) {
            if (got.command() == Command::access_rights) {
                found.emplace_back(got.header.p1, got.header.p2);
            }
        }
        return found;
    };
    using Told = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    EXPECT_EQ(told(idle.take()), (Told{{1, 0}, {2, 0}}));
    EXPECT_EQ(told(pausing.take()), (Told{{1, 0}})); // at once: a reply is not held back
    const std::vector<Got> late = behind.take();
    EXPECT_EQ(told(late), (Told{{1, 0}}));
    EXPECT_EQ(late.back().header.p1, 368u); // after what was made before, the reason
    pausing.send(wire::ca::EventsOn{});
    EXPECT_EQ(pausing.take().back().header.p1, 368u);
    server.source.set_rights("a", {.read = true, .write = false});
    server.source.settle_all();
    EXPECT_EQ(told(idle.take()), (Told{{1, 1}, {2, 1}}));
    EXPECT_EQ(pausing.values(1), std::vector<double>{400.0});
    EXPECT_EQ(behind.values(1), std::vector<double>{400.0});
}

TEST_F(ChannelTest, WhatIsGoneIsToldAndCanBeFoundAgain)
{
    Client client(server);
    client.subscribe(client.create("a", 7), 3);
    (void)client.take();
    server.source.take_away("a");
    server.source.settle_all();
    const Got got = client.take_one();
    EXPECT_EQ(got.command(), Command::server_disconnect);
    EXPECT_EQ(got.header.p1, 7u);
    EXPECT_TRUE(server.source.channels.empty());
    EXPECT_EQ(client.circuit().subscriptions(), 0u);
    (void)client.create("a", 8);
    EXPECT_EQ(server.source.channels.size(), 1u);
}

TEST_F(ChannelTest, LimitsAreKept)
{
    server.limits.channels = 2;
    server.limits.name_bytes = 5;
    server.source.add("longer name", pv::Value::of(1.0));
    Client client(server);
    (void)client.create("a", 1);
    client.send(wire::ca::CreateChannel{.cid = Cid{2}, .name = "longer name"});
    EXPECT_EQ(client.take_one().command(), Command::create_failed);
    (void)client.create("a", 3);
    client.send(wire::ca::CreateChannel{.cid = Cid{4}, .name = "a"});
    EXPECT_EQ(client.take_one().command(), Command::create_failed);
}

TEST_F(ChannelTest, CountsBeyondSixteenBits)
{
    const std::vector<double> many(70'000);
    server.source.add("big", pv::Value::array_of<double>(many));
    Client client(server);
    client.send(wire::ca::CreateChannel{.cid = Cid{1}, .name = "big"});
    EXPECT_EQ(client.take().back().header.count, 70'000u);
    Client old(server, 8);
    old.send(wire::ca::CreateChannel{.cid = Cid{1}, .minor = 8, .name = "big"});
    EXPECT_EQ(old.take().back().header.count, 65'534u);
}

} // namespace
} // namespace iochron::server::ca
