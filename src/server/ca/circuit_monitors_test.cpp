#include "server/ca/conversation.h"
#include "wire/ca/error.h"

#include <gtest/gtest.h>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;
using wire::ca::Dbr;
using wire::ca::Sid;
using wire::ca::SubId;

class MonitorTest : public testing::Test {
  protected:
    MonitorTest() { server.source.add("a", pv::Value::of(1.0)); }
    void post(double value) { server.source.post("a", pv::Value::of(value)); }
    ServerInMemory server;
};

TEST_F(MonitorTest, TheFirstValueAndThenEveryUpdate)
{
    Client client(server);
    client.subscribe(client.create("a"), 33);
    const Got first = client.take_one();
    EXPECT_EQ(first.header,
              (wire::ca::Header{.command = Command::event_add, .size = 24, .type = 20, .count = 1, .p1 = 1, .p2 = 33}));
    EXPECT_EQ(first.number(16), 1.0);
    for (int i = 2; i < 100; ++i) {
        post(i);
    }
    const std::vector<double> got = client.values(33);
    ASSERT_EQ(got.size(), 98u);
    EXPECT_EQ(got.front(), 2.0);
    EXPECT_EQ(got.back(), 99.0);
}

TEST_F(MonitorTest, EqualSubscriptionsShareOneAtTheSource)
{
    Client one(server);
    Client two(server);
    const Sid a = one.create("a", 1);
    const Sid again = one.create("a", 2);
    const Sid other = two.create("a", 1);
    one.subscribe(a, 1);
    one.subscribe(a, 2);
    one.subscribe(again, 3);
    two.subscribe(other, 1);
    EXPECT_EQ(one.take().size(), 3u); // a first value each
    EXPECT_EQ(two.take().size(), 1u);
    EXPECT_EQ(server.source.subscriptions.size(), 1u);
    one.subscribe(a, 4, Dbr::double_);
    one.subscribe(a, 5, Dbr::time_double, 0);
    one.subscribe(a, 6, Dbr::time_double, 1, 4);
    EXPECT_EQ(one.take().size(), 3u);
    EXPECT_EQ(server.source.subscriptions.size(), 4u);
    post(2.0);
    EXPECT_EQ(one.take().size(), 5u); // not the one for alarms
    EXPECT_EQ(two.take().size(), 1u);
    EXPECT_EQ(server.source.made, 6u);
}

TEST_F(MonitorTest, CancelIsConfirmedWithTheFormOfTheSubscription)
{
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2);
    client.subscribe(sid, 3);
    (void)client.take();
    client.send(wire::ca::EventCancel{.type = Dbr{3}, .count = 9, .sid = sid, .subscription = SubId{1}});
    EXPECT_EQ(
        client.take_one().header,
        (wire::ca::Header{
            .command = Command::event_add, .type = 20, .count = 1, .p1 = static_cast<std::uint32_t>(sid), .p2 = 1}));
    post(2.0);
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header.p2 + got[1].header.p2, 5u);
    for (const std::uint32_t id : {3u, 2u}) {
        client.send(wire::ca::EventCancel{.sid = sid, .subscription = SubId{id}});
    }
    EXPECT_EQ(client.take().size(), 2u);
    EXPECT_TRUE(server.source.subscriptions.empty());
    EXPECT_EQ(client.circuit().subscriptions(), 0u);
}

TEST_F(MonitorTest, WhatMakesNoSenseIsRefusedAndTheCircuitStays)
{
    Client client(server);
    const Sid sid = client.create("a", 7);
    const auto refused = [&](const Got& got) {
        EXPECT_EQ(got.command(), Command::error);
        return got.header.p2;
    };
    client.subscribe(sid, 1, Dbr::double_, 1, 0);
    EXPECT_EQ(refused(client.take_one()), 330u);
    client.subscribe(sid, 1, Dbr{39});
    EXPECT_EQ(refused(client.take_one()), 114u);
    client.subscribe(Sid{5}, 1);
    EXPECT_EQ(refused(client.take_one()), 142u);
    client.send(wire::ca::EventCancel{.sid = sid, .subscription = SubId{1}});
    EXPECT_EQ(refused(client.take_one()), 242u);
    EXPECT_FALSE(client.circuit().finished());
    client.subscribe(sid, 1, Dbr::time_double, 1, 0x11); // unknown bits are ignored
    EXPECT_EQ(client.take().size(), 1u);
}

TEST_F(MonitorTest, WithoutRightsTheReasonComesInsteadOfAValue)
{
    server.source.items.at("a").rights.read = false;
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2, Dbr::double_, 0);
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header.p1, 368u);
    EXPECT_EQ(got[0].header.size, 24u);
    EXPECT_EQ(got[1].header.p1, 368u);
    EXPECT_EQ(got[1].header.size, 0u);
    client.send(wire::ca::EventCancel{.sid = sid, .subscription = SubId{1}});
    EXPECT_EQ(client.take().size(), 1u);
}

TEST_F(MonitorTest, ALateMemberGetsThePresentValueOnceThoughTheReadIsSlow)
{
    server.source.hold_reads = true;
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2);
    EXPECT_EQ(client.take().size(), 1u); // the second waits for its read
    post(2.0);                           // which is the present value
    post(3.0);
    server.source.answer_held();
    const std::vector<Got> got = client.take();
    std::vector<double> second;
    for (const Got& each : got) {
        if (each.header.p2 == 2) {
            second.push_back(each.number(16));
        }
    }
    EXPECT_EQ(second, (std::vector<double>{2, 3}));
    client.subscribe(sid, 3);
    EXPECT_TRUE(client.take().empty());
    server.source.answer_held();
    post(4.0);
    EXPECT_EQ(client.values(3), (std::vector<double>{3, 4}));
}

TEST_F(MonitorTest, AMemberMayLeaveBeforeItsFirstValue)
{
    server.source.hold_reads = true;
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2);
    (void)client.take();
    client.send(wire::ca::EventCancel{.sid = sid, .subscription = SubId{1}},
                wire::ca::EventCancel{.sid = sid, .subscription = SubId{2}});
    EXPECT_EQ(client.take().size(), 2u);
    EXPECT_TRUE(server.source.held.empty());
    EXPECT_TRUE(server.source.subscriptions.empty());
}

TEST_F(MonitorTest, AFirstValueThatIsLateComesForAllWhoJoinedMeanwhile)
{
    server.source.hold_first_values = true;
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2);
    EXPECT_TRUE(client.take().empty());
    server.source.answer_held();
    EXPECT_EQ(client.take().size(), 2u);
    EXPECT_EQ(server.source.reads, 0);
}

TEST_F(MonitorTest, LargeArraysReachEveryMember)
{
    std::vector<double> many(2'000, 7.0);
    server.source.add("many", pv::Value::array_of<double>(many));
    Client client(server);
    const Sid sid = client.create("many");
    client.subscribe(sid, 1, Dbr::time_double, 0);
    client.subscribe(sid, 2, Dbr::double_, 0);
    client.subscribe(sid, 3, Dbr::time_double, 0);
    EXPECT_EQ(client.take().size(), 3u);
    many.assign(2'000, 8.0);
    server.source.post("many", pv::Value::array_of<double>(many));
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 3u);
    for (const Got& each : got) {
        EXPECT_EQ(each.header.count, 2'000u);
        EXPECT_EQ(each.number(each.payload.size() - 8), 8.0);
    }
}

TEST_F(MonitorTest, CountsAreKeptForReports)
{
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    post(2.0);
    client.subscribe(sid, 2);
    post(3.0);
    std::vector<std::uint64_t> delivered;
    client.circuit().each_subscription([&](const Circuit::SubscriptionReport& report) {
        EXPECT_EQ(report.name, "a");
        delivered.push_back(report.delivered);
    });
    EXPECT_EQ(delivered, (std::vector<std::uint64_t>{3, 2}));
    EXPECT_EQ(client.circuit().posted(), 5u);
    EXPECT_EQ(client.take().size(), 5u);
    EXPECT_EQ(server.counters.get("ca.server.posted").value(), 5u);
    EXPECT_EQ(server.counters.get("ca.server.subscriptions").value(), 2u);
}

TEST_F(MonitorTest, TheLimitOfSubscriptionsIsKept)
{
    server.limits.subscriptions = 1;
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    client.subscribe(sid, 2);
    EXPECT_EQ(client.take().back().header.p2, 48u);
}

} // namespace
} // namespace iochron::server::ca
