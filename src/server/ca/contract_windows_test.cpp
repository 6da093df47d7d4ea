// The lossless contract where subscriptions begin, and over a pause that operators know: 15 s.
#include "server/ca/conversation.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace iochron::server::ca {
namespace {

using namespace std::chrono_literals;
using wire::ca::Command;
using wire::ca::Sid;

/// What a client got of its subscriptions, which carry whole numbers that count up.
/// Thread: shard
class Runs {
  public:
    void take(Client& client)
    {
        for (const Got& got : client.take()) {
            if (got.command() == Command::event_add && got.header.size == 24) {
                runs_[got.header.p2].push_back(got.number(16));
            }
        }
    }
    [[nodiscard]] const std::vector<double>& of(std::uint32_t id) { return runs_[id]; }
    [[nodiscard]] bool without_gap(std::uint32_t id)
    {
        const std::vector<double>& run = runs_[id];
        return std::ranges::adjacent_find(run, [](double a, double b) { return b != a + 1; }) == run.end();
    }

  private:
    std::map<std::uint32_t, std::vector<double>> runs_;
};

/// Half of the first values are held back by the Source while others are posted: as from a network.
TEST(ContractWindows, TenThousandSubscriptionsMadeWhileRecordsTickHaveNoGap)
{
    constexpr std::uint32_t subscriptions = 10'000;
    constexpr std::uint32_t names = 100;
    ServerInMemory server;
    std::mt19937 dice(20261124);
    std::array<double, names> newest{};
    for (std::uint32_t i = 0; i < names; ++i) {
        server.source.add(std::to_string(i), pv::Value::of(0.0));
    }
    Client client(server);
    std::vector<Sid> sids;
    for (std::uint32_t i = 0; i < names; ++i) {
        sids.push_back(client.create(std::to_string(i), i));
    }
    const auto tick = [&](std::uint32_t name) {
        server.source.post(std::to_string(name), pv::Value::of(++newest[name]));
        server.source.settle_all();
    };
    Runs runs;
    for (std::uint32_t id = 0; id < subscriptions; ++id) {
        client.subscribe(sids[id % names], id);
        server.source.hold_reads = dice() % 2 == 0;
        if (dice() % 4 == 0) {
            tick(dice() % 2 == 0 ? id % names : static_cast<std::uint32_t>(dice() % names));
        }
        if (dice() % 8 == 0) {
            server.source.answer_held();
            server.source.settle_all();
        }
        runs.take(client);
    }
    server.source.answer_held();
    for (std::uint32_t name = 0; name < names; ++name) {
        tick(name);
        runs.take(client);
    }
    for (std::uint32_t id = 0; id < subscriptions; ++id) {
        ASSERT_GE(runs.of(id).size(), 2u) << id; // the first value, and the last tick
        ASSERT_TRUE(runs.without_gap(id)) << id;
        ASSERT_EQ(runs.of(id).back(), newest[id % names]) << id;
    }
}

class FifteenSeconds : public testing::TestWithParam<bool> {
  protected:
    FifteenSeconds() { server.source.add("a", pv::Value::of(0.0)); }
    void post(int value)
    {
        server.clock.advance(10ms);
        server.source.post("a", pv::Value::of(static_cast<double>(value)));
        server.source.settle_all();
    }
    std::uint64_t count(std::string_view name) { return server.counters.get(name).value(); }

    ServerInMemory server;
};

/// By EVENTS_OFF, or by not reading.
TEST_P(FifteenSeconds, OfPauseCostWhatIsCountedAndNobodyElseNotices)
{
    const bool events_off = GetParam();
    constexpr int posted = 1'500;
    Client pausing(server);
    Client other(server);
    pausing.subscribe(pausing.create("a"), 1);
    other.subscribe(other.create("a"), 2);
    Runs got;
    Runs others;
    got.take(pausing);
    if (events_off) {
        pausing.send(wire::ca::EventsOff{});
    }
    for (int i = 1; i <= posted; ++i) {
        post(i);
        others.take(other);
    }
    EXPECT_LT(pausing.circuit().backlog().size(), 130u * 1024);
    if (events_off) {
        pausing.send(wire::ca::EventsOn{});
    }
    got.take(pausing);
    EXPECT_EQ(got.of(1).back(), posted);
    EXPECT_TRUE(std::ranges::is_sorted(got.of(1)));
    EXPECT_LT(got.of(1).size(), 1u + posted);
    EXPECT_EQ(1 + posted - got.of(1).size(), count(events_off ? "ca.server.paused" : "ca.server.coalesced"));
    EXPECT_EQ(count(events_off ? "ca.server.coalesced" : "ca.server.paused"), 0u);
    EXPECT_EQ(others.of(2).size(), 1u + posted);
    pausing.circuit().each_subscription([&](const Circuit::SubscriptionReport& report) {
        EXPECT_EQ(report.delivered, 1u + posted);
        EXPECT_EQ(report.delivered - report.superseded, got.of(1).size());
    });
    other.circuit().each_subscription([](const Circuit::SubscriptionReport& report) {
        EXPECT_EQ(report.delivered, 1u + posted);
        EXPECT_EQ(report.superseded, 0u);
    });
    const std::size_t before = got.of(1).size();
    for (int i = posted + 1; i <= posted + 100; ++i) {
        post(i);
    }
    got.take(pausing);
    EXPECT_EQ(got.of(1).size(), before + 100); // it is current again, and nothing more is skipped
}

/// A client may give one id to two subscriptions, as to rsrv. Nobody can tell their updates apart, so all are kept.
class SharedId : public testing::Test {
  protected:
    SharedId()
    {
        server.source.add("often", pv::Value::of(0.0));
        server.source.add("seldom", pv::Value::of(0.5));
    }
    void post_often(int first, int last)
    {
        for (int i = first; i <= last; ++i) {
            server.clock.advance(10ms);
            server.source.post("often", pv::Value::of(static_cast<double>(i)));
            server.source.settle_all();
        }
    }

    ServerInMemory server;
};

TEST_F(SharedId, NeitherSubscriptionLosesItsNewestValue)
{
    Client slow(server);
    const Sid often = slow.create("often", 1);
    const Sid seldom = slow.create("seldom", 2);
    slow.subscribe(often, 1);
    slow.subscribe(seldom, 1);
    slow.subscribe(often, 2);
    (void)slow.take();
    post_often(1, 10);
    server.source.post("seldom", pv::Value::of(77.5));
    server.source.settle_all();
    post_often(11, 1000);
    ASSERT_TRUE(slow.circuit().backlog().behind());
    Runs got;
    got.take(slow);
    EXPECT_EQ(std::ranges::count(got.of(1), 77.5), 1);
    EXPECT_EQ(got.of(1).back(), 1000.0);
    EXPECT_EQ(got.of(2).back(), 1000.0);
    EXPECT_LT(got.of(2).size(), 1000u); // its own id is its own
    // One of them ends, and the other stays what it was.
    slow.send(wire::ca::EventCancel{.sid = often, .subscription = wire::ca::SubId{1}});
    server.source.post("seldom", pv::Value::of(78.5));
    server.source.settle_all();
    post_often(1001, 1010);
    got.take(slow);
    EXPECT_EQ(got.of(1).back(), 78.5);
    EXPECT_EQ(server.counters.get("ca.server.subscriptions").value(), 2u);
}

TEST_F(SharedId, OfAPeerThatNeverReadsDoesNotFillTheMemory)
{
    const std::vector<double> many(3000);
    server.source.add("many", pv::Value::array_of<double>(many));
    Client never(server);
    Client other(server);
    other.subscribe(other.create("often"), 1);
    const Sid sid = never.create("many", 1);
    never.subscribe(sid, 1, wire::ca::Dbr::time_double, 0);
    never.subscribe(sid, 1, wire::ca::Dbr::time_double, 0);
    Runs others;
    for (int i = 1; i <= 3'000 && never.line.closed.empty(); ++i) {
        server.source.post("many", pv::Value::array_of<double>(many));
        post_often(i, i);
        others.take(other);
        ASSERT_LT(never.circuit().backlog().size(), 50'000'000u);
    }
    EXPECT_NE(never.line.closed.find("one id to several subscriptions"), std::string::npos);
    EXPECT_TRUE(others.without_gap(1));
    never.hang_up(); // as the stream does at the end of the turn
    EXPECT_EQ(server.budget.used(), 0u);
}

INSTANTIATE_TEST_SUITE_P(ContractWindows, FifteenSeconds, testing::Bool(),
                         [](const auto& events_off) { return events_off.param ? "ByEventsOff" : "ByNotReading"; });

} // namespace
} // namespace iochron::server::ca
