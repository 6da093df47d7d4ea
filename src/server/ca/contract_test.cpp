// The lossless contract, seen from the wire: slow peers, pauses, and what happens between.
#include "server/ca/conversation.h"

#include <gtest/gtest.h>

#include <map>

namespace iochron::server::ca {
namespace {

using namespace std::chrono_literals;
using wire::ca::Command;
using wire::ca::Dbr;
using wire::ca::Sid;
using wire::ca::SubId;

class ContractTest : public testing::Test {
  protected:
    ContractTest()
    {
        server.source.add("a", pv::Value::of(0.0));
        server.source.add("b", pv::Value::of(0.0));
    }
    void post(double value, const std::string& name = "a")
    {
        server.source.post(name, pv::Value::of(value));
        server.source.settle_all();
    }
    std::uint64_t count(std::string_view name) { return server.counters.get(name).value(); }

    ServerInMemory server;
};

TEST_F(ContractTest, NothingIsLostWithinMaxLag)
{
    Client slow(server);
    slow.subscribe(slow.create("a"), 1);
    for (int i = 1; i <= 150; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    EXPECT_EQ(slow.values(1).size(), 151u);
    EXPECT_EQ(count("ca.server.coalesced"), 0u);
}

TEST_F(ContractTest, APeerThatIsBehindGetsTheNewestOfEachAndNobodyElseNotices)
{
    Client slow(server);
    Client fast(server);
    const Sid sid = slow.create("a", 1);
    const Sid b = slow.create("b", 2);
    slow.subscribe(sid, 1);
    slow.subscribe(b, 2);
    fast.subscribe(fast.create("a"), 9);
    std::size_t fast_got = 0;
    for (int i = 1; i <= 1000; ++i) {
        server.clock.advance(10ms);
        post(i);
        fast_got += fast.values(9).size();
    }
    EXPECT_EQ(fast_got, 1001u);
    EXPECT_TRUE(slow.circuit().backlog().behind());
    EXPECT_LT(slow.circuit().backlog().size(), 130u * 1024);
    slow.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = wire::ca::Ioid{4}});
    std::map<std::uint32_t, std::vector<double>> got;
    bool replied = false;
    for (const Got& each : slow.take()) {
        if (each.command() == Command::event_add) {
            got[each.header.p2].push_back(each.number(16));
        }
        replied = replied || each.command() == Command::read_notify;
    }
    EXPECT_TRUE(replied);
    EXPECT_EQ(got[1].back(), 1000.0);
    EXPECT_TRUE(std::ranges::is_sorted(got[1]));
    EXPECT_EQ(got[2], std::vector<double>{0.0});
    EXPECT_EQ(1001 - got[1].size(), count("ca.server.coalesced"));
    // It has caught up, and loses nothing from here on.
    EXPECT_FALSE(slow.circuit().backlog().behind());
    for (int i = 1001; i <= 1100; ++i) {
        post(i);
    }
    EXPECT_EQ(slow.values(1).size(), 100u);
    EXPECT_EQ(count("ca.server.dropped"), 0u);
}

/// 100 clients that stop reading at once are found behind at once: the rest of the server shall not wait for all that.
TEST_F(ContractTest, ManyPeersThatAreBehindAreLookedAtInSeveralTurns)
{
    constexpr std::uint32_t subscriptions = 1000;
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 5; ++i) {
        Client& client = *slow.emplace_back(std::make_unique<Client>(server));
        const Sid sid = client.create("a");
        for (std::uint32_t id = 1; id <= subscriptions; ++id) {
            client.subscribe(sid, id);
        }
        (void)client.take();
    }
    for (int i = 1; i <= 15; ++i) {
        server.clock.advance(100ms);
        post(i);
    }
    server.clock.advance(2s);
    post(16);
    const auto behind = [&] {
        return std::ranges::count_if(slow, [](const auto& each) { return each->circuit().backlog().behind(); });
    };
    EXPECT_EQ(behind(), 2);
    for (int turn = 0; turn < 3 && behind() < 5; ++turn) {
        for (const auto& each : slow) {
            if (each->circuit().deadline() <= server.clock.steady()) {
                each->circuit().due(server.clock.steady());
            }
        }
    }
    EXPECT_EQ(behind(), 5);
    for (const auto& each : slow) {
        EXPECT_EQ(each->circuit().deadline(), base::never);
    }
    EXPECT_EQ(count("ca.server.coalesced"), 5u * 15 * subscriptions);
}

/// What was handed to the wire before stays first; the rest waits apart.
TEST_F(ContractTest, RepliesOvertakeUpdatesOnceThePeerIsBehind)
{
    Client slow(server);
    const Sid sid = slow.create("a");
    const std::uint32_t many = 10'000;
    for (std::uint32_t id = 1; id <= many; ++id) {
        slow.subscribe(sid, id);
    }
    (void)slow.take();
    for (int i = 1; i <= 300; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    ASSERT_TRUE(slow.circuit().backlog().behind());
    slow.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = wire::ca::Ioid{4}},
              wire::ca::EventCancel{.sid = sid, .subscription = SubId{many}});
    std::size_t place = 0;
    std::size_t reply = 0;
    std::size_t cancelled = 0;
    std::map<std::uint32_t, double> newest;
    for (const Got& got : slow.take()) {
        ++place;
        if (got.command() == Command::read_notify) {
            reply = place;
        } else if (got.header.size == 0) {
            cancelled = place;
        } else {
            EXPECT_TRUE(cancelled == 0 || got.header.p2 != many);
            newest[got.header.p2] = got.number(16);
        }
    }
    EXPECT_GT(reply, 0u);
    EXPECT_LT(reply, 5'000u); // of 10,000 updates and more, 128 KiB may be before it
    EXPECT_GT(cancelled, reply);
    EXPECT_EQ(newest.size(), many);
    EXPECT_TRUE(std::ranges::all_of(newest, [](const auto& each) { return each.second == 300.0; }));
    EXPECT_FALSE(slow.circuit().backlog().behind());
    EXPECT_EQ(server.budget.used(), 0u);
}

TEST_F(ContractTest, CancelWhileBehindIsTheLastOfItsSubscription)
{
    Client slow(server);
    const Sid sid = slow.create("a");
    slow.subscribe(sid, 1);
    slow.subscribe(sid, 2);
    for (int i = 1; i <= 400; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    slow.send(wire::ca::EventCancel{.sid = sid, .subscription = SubId{1}});
    for (int i = 401; i <= 800; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    bool confirmed = false;
    double last = 0;
    for (const Got& got : slow.take()) {
        if (got.header.p2 == 1) {
            EXPECT_FALSE(confirmed) << "something came after the confirmation";
            confirmed = got.header.size == 0;
        } else if (got.header.p2 == 2) {
            last = got.number(16);
        }
    }
    EXPECT_TRUE(confirmed);
    EXPECT_EQ(last, 800.0);
}

TEST_F(ContractTest, ClearWhileBehindIsTheLastOfItsChannel)
{
    Client slow(server);
    const Sid sid = slow.create("a", 5);
    slow.subscribe(sid, 1);
    for (int i = 1; i <= 400; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    slow.send(wire::ca::ClearChannel{.sid = sid, .cid = wire::ca::Cid{5}});
    server.clock.advance(10s);
    slow.send(wire::ca::EventsOn{});
    EXPECT_EQ(slow.take().back().command(), Command::clear_channel);
}

TEST_F(ContractTest, PauseHoldsUpdatesAndRepliesFlow)
{
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    (void)client.take();
    client.send(wire::ca::EventsOff{});
    for (int i = 1; i <= 50; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    client.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = wire::ca::Ioid{4}});
    EXPECT_EQ(client.take_one().number(), 50.0);
    client.send(wire::ca::EventsOn{});
    EXPECT_EQ(client.values(1).size(), 50u); // a short pause costs nothing
    EXPECT_EQ(count("ca.server.paused"), 0u);
}

TEST_F(ContractTest, ALongPauseCoalescesAndIsCountedApart)
{
    Client client(server);
    client.subscribe(client.create("a"), 1);
    (void)client.take();
    client.send(wire::ca::EventsOff{});
    for (int i = 1; i <= 500; ++i) {
        server.clock.advance(10ms);
        post(i);
    }
    client.send(wire::ca::EventsOn{});
    const std::vector<double> got = client.values(1);
    EXPECT_EQ(got.back(), 500.0);
    EXPECT_LT(got.size(), 500u);
    EXPECT_EQ(500 - got.size(), count("ca.server.paused"));
    EXPECT_EQ(count("ca.server.coalesced"), 0u);
}

TEST_F(ContractTest, CancelAndClearDuringAPauseStayBehindTheHeldUpdates)
{
    Client client(server);
    const Sid sid = client.create("a", 5);
    client.subscribe(sid, 1);
    client.subscribe(sid, 2);
    (void)client.take();
    client.send(wire::ca::EventsOff{});
    post(1);
    client.send(wire::ca::EventCancel{.sid = sid, .subscription = SubId{1}});
    post(2);
    client.send(wire::ca::ClearChannel{.sid = sid, .cid = wire::ca::Cid{5}});
    post(3);
    EXPECT_TRUE(client.take().empty());
    client.send(wire::ca::EventsOn{});
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 5u); // 1 to both, the confirmation, 2 to the second, the end
    EXPECT_EQ(got[2].header.size, 0u);
    EXPECT_EQ(got[3].number(16), 2.0);
    EXPECT_EQ(got[4].command(), Command::clear_channel);
}

TEST_F(ContractTest, SubscribingDuringAPauseGetsItsFirstValueAfterIt)
{
    Client client(server);
    const Sid sid = client.create("a");
    client.send(wire::ca::EventsOff{});
    client.subscribe(sid, 1);
    post(1);
    EXPECT_TRUE(client.take().empty());
    client.send(wire::ca::EventsOn{});
    EXPECT_EQ(client.values(1), (std::vector<double>{0, 1}));
}

TEST_F(ContractTest, HalfCloseDuringAPauseStillFlushes)
{
    Client client(server);
    client.subscribe(client.create("a"), 1);
    (void)client.take();
    client.send(wire::ca::EventsOff{});
    post(1);
    client.end();
    EXPECT_TRUE(client.circuit().finished());
    EXPECT_EQ(client.values(1), std::vector<double>{1});
}

TEST_F(ContractTest, MaxLagOffKeepsAll)
{
    server.limits.max_lag = 0ms;
    Client slow(server);
    slow.subscribe(slow.create("a"), 1);
    for (int i = 1; i <= 100; ++i) {
        server.clock.advance(1min);
        post(i);
    }
    EXPECT_EQ(slow.values(1).size(), 101u);
}

TEST_F(ContractTest, TheBudgetCollapsesTheLargestQueueFirst)
{
    server.budget = Budget(100'000);
    Client large(server);
    Client small(server);
    large.subscribe(large.create("a"), 1);
    small.subscribe(small.create("b"), 1);
    for (int i = 1; i <= 100; ++i) {
        post(i, "b");
    }
    for (int i = 1; i <= 10'000; ++i) {
        post(i, "a");
    }
    EXPECT_LE(server.budget.used(), 100'000u);
    EXPECT_EQ(small.values(1).size(), 101u);
    EXPECT_EQ(large.values(1).back(), 10'000.0);
    EXPECT_TRUE(large.line.closed.empty());
}

TEST_F(ContractTest, APeerThatAsksForMoreThanItReadsIsDisconnected)
{
    server.budget = Budget(100'000);
    const std::vector<double> many(500);
    server.source.add("many", pv::Value::array_of<double>(many));
    Client greedy(server);
    Client modest(server);
    const Sid sid = greedy.create("many");
    modest.subscribe(modest.create("a"), 1);
    for (std::uint32_t i = 0; i < 100 && greedy.line.closed.empty(); ++i) {
        greedy.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 0, .sid = sid, .ioid = wire::ca::Ioid{i}});
    }
    EXPECT_FALSE(greedy.line.closed.empty());
    EXPECT_LE(server.budget.used(), 100'000u);
    post(1);
    EXPECT_EQ(modest.values(1), (std::vector<double>{0, 1}));
}

} // namespace
} // namespace iochron::server::ca
