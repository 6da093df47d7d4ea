// What a client's monitors, gets and puts of one PV share on the wire, against our own server in this process.
#include "client/context.h"
#include "client/pva/client.h"
#include "ioc/shared_pv_server.h"
#include "pv/normative.h"
#include "pv/quiet_sink.h"
#include "pv/structure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace iochron {
namespace {

using namespace std::chrono_literals;

/// What one monitor was told. Thread: any
class Told {
  public:
    struct One {
        double value = 0;
        bool first = false; ///< as a first value comes
        pv::BitSet marked;  ///< of a structure
    };
    void take(const client::Updates& updates)
    {
        const std::lock_guard lock(mutex_);
        for (const pv::Update& update : updates.updates) {
            const pv::Structure* const structure = update.sample.value.structure();
            all_.push_back(
                {structure != nullptr ? structure->find("value")->as_double() : update.sample.value.as_double(),
                 update.sample.mask == pv::Mask::none, structure != nullptr ? structure->marked() : pv::BitSet{}});
        }
        news_.notify_all();
    }
    void connection(bool connected)
    {
        const std::lock_guard lock(mutex_);
        connections_.push_back(connected);
        news_.notify_all();
    }
    std::vector<One> wait_for(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(news_.wait_for(lock, 20s, [&] { return all_.size() >= count; })) << all_.size() << " of " << count;
        all_.resize(std::max(all_.size(), count));
        return all_;
    }
    std::vector<double> values(std::size_t count)
    {
        std::vector<double> values;
        for (const One& one : wait_for(count)) {
            values.push_back(one.value);
        }
        return values;
    }
    std::vector<bool> connections(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(news_.wait_for(lock, 20s, [&] { return connections_.size() >= count; }));
        return connections_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable news_;
    std::vector<One> all_;
    std::vector<bool> connections_;
};

struct ClientSharing : testing::Test {
    ClientSharing()
    {
        pv::Structure first(pv::nt_scalar(pv::ScalarType::float64));
        EXPECT_TRUE(first.set("value", 1).ok());
        pv = server.add("X", first);
        server.start();
        client::ContextSettings settings;
        settings.pva.auto_address_list = false;
        settings.pva.name_servers = {{"127.0.0.1", server.pva_port()}};
        settings.ca.auto_address_list = false;
        settings.ca.repeater_port = 9;
        settings.log = log.get();
        context.emplace(settings);
    }
    [[nodiscard]] IocSettings quiet() const
    {
        return {.environment = {{"EPICS_PVAS_SERVER_PORT", "0"},
                                {"EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1"},
                                {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "NO"}},
                .log = log,
                .serve_ca = false};
    }
    client::Monitor monitor(Told& told, client::MonitorOptions options = {})
    {
        options.on_connection = [&told](bool connected, std::string_view) { told.connection(connected); };
        auto made = context->monitor(
            "pva://X", [&told](const client::Updates& updates) { told.take(updates); }, std::move(options));
        EXPECT_TRUE(made);
        return std::move(*made);
    }
    void post(double value) { server.post(pv, pv::Value::of(value)); }
    std::uint64_t count(std::string_view name)
    {
        for (const auto& [known, count] : server.counters()) {
            if (known == name) {
                return count;
            }
        }
        ADD_FAILURE() << "no counter " << name;
        return 0;
    }
    std::uint64_t subscriptions() { return count("pva.server.subscriptions"); }
    std::uint64_t channels() { return count("pva.server.channels"); }
    /// Until the server has as many: what the client ends is told it later.
    void wait_for_subscriptions(std::uint64_t wanted)
    {
        for (int i = 0; i < 2000 && subscriptions() != wanted; ++i) {
            (void)context->get("pva://X"); // a round trip
        }
        EXPECT_EQ(subscriptions(), wanted);
    }

    std::shared_ptr<base::Log> log = std::make_shared<base::SilentLog>();
    SharedPvServer server{quiet()};
    SharedPvServer::Pv pv{};
    Told a, b, c; // outlive the context
    std::optional<client::Context> context;
};

} // namespace

TEST_F(ClientSharing, EqualMonitorsAreOneOnTheWire)
{
    const client::Monitor first = monitor(a);
    const client::Monitor second = monitor(b);
    a.wait_for(1);
    b.wait_for(1);
    post(2);
    EXPECT_EQ(a.values(2), (std::vector<double>{1, 2}));
    EXPECT_EQ(b.values(2), (std::vector<double>{1, 2}));
    EXPECT_EQ(subscriptions(), 1u);
    EXPECT_EQ(channels(), 1u);
    const client::Monitor own = monitor(c, {.own = true});
    c.wait_for(1);
    EXPECT_EQ(subscriptions(), 2u);
    EXPECT_EQ(channels(), 1u);
}

TEST_F(ClientSharing, WhoJoinsLaterGetsThePresentValueFirst)
{
    const client::Monitor first = monitor(a);
    a.wait_for(1);
    post(2);
    post(3);
    a.wait_for(3);
    const client::Monitor second = monitor(b);
    b.wait_for(1);
    post(4);
    const auto told = b.wait_for(2);
    EXPECT_EQ(told[0].value, 3);
    EXPECT_TRUE(told[0].first);
    EXPECT_EQ(told[1].value, 4);
    EXPECT_FALSE(told[1].first);
    EXPECT_EQ(a.values(4), (std::vector<double>{1, 2, 3, 4}));
    EXPECT_EQ(subscriptions(), 1u);
}

TEST_F(ClientSharing, AStructureThatIsJoinedLaterIsWhole)
{
    const client::Monitor first = monitor(a, {.structures = true});
    a.wait_for(1);
    post(2);
    EXPECT_EQ(a.wait_for(2)[1].marked.count(), 3u) << "the value and the time";
    const client::Monitor second = monitor(b, {.structures = true});
    EXPECT_EQ(b.wait_for(1)[0].value, 2);
    EXPECT_EQ(b.wait_for(1)[0].marked, a.wait_for(2)[0].marked) << "all that a first update has";
    post(3);
    EXPECT_EQ(b.wait_for(2)[1].marked.count(), 3u);
    EXPECT_EQ(subscriptions(), 1u);
}

TEST_F(ClientSharing, OtherPvRequestsAndPipelinesAreNotShared)
{
    const client::Monitor whole = monitor(a, {.structures = true});
    const client::Monitor part = monitor(b, {.request = "field(value)"});
    const client::Monitor same = monitor(c, {.request = "field(value)"});
    a.wait_for(1);
    b.wait_for(1);
    c.wait_for(1);
    EXPECT_EQ(subscriptions(), 2u);
    Told d, e;
    const client::Monitor piped = monitor(d, {.request = "record[pipeline=true,queueSize=4]"});
    const client::Monitor other = monitor(e, {.request = "record[pipeline=true,queueSize=4]"});
    d.wait_for(1);
    e.wait_for(1);
    EXPECT_EQ(subscriptions(), 4u);
    EXPECT_EQ(channels(), 1u);
}

TEST_F(ClientSharing, OneGoesAndTheOthersStay)
{
    client::Monitor first = monitor(a);
    client::Monitor second = monitor(b);
    a.wait_for(1);
    b.wait_for(1);
    first.cancel();
    post(2);
    EXPECT_EQ(b.values(2), (std::vector<double>{1, 2}));
    EXPECT_EQ(subscriptions(), 1u);
    client::Monitor third = monitor(c);
    post(3);
    EXPECT_EQ(b.values(3), (std::vector<double>{1, 2, 3}));
    second.cancel();
    third.cancel();
    wait_for_subscriptions(0);
}

TEST_F(ClientSharing, GetsPutsAndMonitorsUseOneChannel)
{
    const client::Monitor first = monitor(a);
    a.wait_for(1);
    ASSERT_TRUE(context->get("pva://X"));
    ASSERT_TRUE(context->put("pva://X", pv::Value::of(5.0)).ok());
    EXPECT_EQ(context->get("pva://X")->value.as_double(), 5);
    EXPECT_EQ(channels(), 1u);
    ASSERT_TRUE(context->get_structure("X")); // of its own, which needs nothing to be read
    const client::Monitor structures = monitor(b, {.structures = true});
    b.wait_for(1);
    EXPECT_EQ(channels(), 2u);
}

TEST_F(ClientSharing, AllWhoShareAreToldOfTheLossAndComeBack)
{
    const client::Monitor first = monitor(a);
    const client::Monitor second = monitor(b);
    a.wait_for(1);
    b.wait_for(1);
    server.close(pv);
    a.connections(2);
    b.connections(2);
    pv::Structure again(pv::nt_scalar(pv::ScalarType::float64));
    ASSERT_TRUE(again.set("value", 7).ok());
    server.open(pv, again);
    EXPECT_EQ(a.values(2), (std::vector<double>{1, 7}));
    EXPECT_EQ(b.values(2), (std::vector<double>{1, 7}));
    EXPECT_EQ(a.connections(3), (std::vector<bool>{true, false, true}));
    EXPECT_EQ(b.connections(3), (std::vector<bool>{true, false, true}));
    EXPECT_EQ(subscriptions(), 1u);
}

namespace {

/// A subscription of a client without a Context, which ends within the call that brings the value `last`.
/// Thread: shard
struct Leaver final : pv::QuietSink {
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            values.push_back(update.sample.value.as_double());
            if (values.back() == last) {
                client->unsubscribe(subscription);
            }
        }
        return batch.size();
    }

    client::pva::Client* client = nullptr;
    pv::SubscriptionId subscription{};
    double last = 0;
    std::vector<double> values;
};

} // namespace

TEST_F(ClientSharing, WhoLeavesWhileAllAreToldCostsTheOthersNothing)
{
    reactor::Shard shard;
    base::SilentLog silent;
    client::pva::Settings settings;
    settings.auto_address_list = false;
    settings.name_servers = {{"127.0.0.1", server.pva_port()}};
    std::array<Leaver, 3> sinks;
    client::pva::Client client(shard, settings, silent);
    const auto run = [&](const std::function<bool()>& done) { return shard.run_until(shard.refresh() + 20s, done); };
    for (Leaver& sink : sinks) {
        sink.client = &client;
        const pv::ChannelId channel = client.open_channel({.name = "X", .token = {}}, sink);
        sink.subscription = client.subscribe({.channel = channel, .mask = pv::Mask::value, .token = {}}, sink);
    }
    sinks[0].last = 2; // the first of those who are told, then the one behind it, then the one that is left
    sinks[1].last = 3;
    sinks[2].last = 4;
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        ASSERT_TRUE(run([&] {
            return std::ranges::all_of(std::span(sinks).subspan(i),
                                       [&](const Leaver& sink) { return sink.values.size() == i + 1; });
        }));
        post(static_cast<double>(i + 2));
    }
    ASSERT_TRUE(run([&] { return sinks[2].values.size() == 4; }));
    EXPECT_EQ(sinks[0].values, (std::vector<double>{1, 2}));
    EXPECT_EQ(sinks[1].values, (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(sinks[2].values, (std::vector<double>{1, 2, 3, 4}));
    wait_for_subscriptions(0);
}

} // namespace iochron
