#include "client/context.h"

#include "client/context_core.h"
#include "client/scheme.h"
#include "pv/normative.h"
#include "reactor/detached.h"
#include "reactor/spdlog_log.h"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace iochron;
using namespace iochron::client;

namespace {

/// A context that finds nobody: it searches at a loopback port where nothing listens.
ContextSettings alone(base::Log& log)
{
    ContextSettings settings;
    settings.ca.auto_address_list = false;
    settings.ca.address_list = {{"127.0.0.1", 9}};
    settings.ca.repeater_port = 9;
    settings.pva.auto_address_list = false;
    settings.pva.address_list = {{"127.0.0.1", 9}};
    settings.log = &log;
    return settings;
}

pv::Update number(double value)
{
    pv::Update update;
    update.sample.value = pv::Value::of(value);
    return update;
}

} // namespace

TEST(ClientContext, SaysWhatWasNotConnectedInTime)
{
    base::SilentLog log;
    Context context(alone(log));
    const auto reading = context.get("NOBODY:HAS:THIS", 20ms);
    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.error().outcome, pv::Outcome::timed_out);
    EXPECT_EQ(reading.error().text, "NOBODY:HAS:THIS was not connected in time");
    EXPECT_EQ(context.put("NOBODY:HAS:THIS", pv::Value::of(1.0), {.timeout = 20ms}).outcome, pv::Outcome::timed_out);
}

TEST(ClientContext, PvAccessIsAskedForByItsScheme)
{
    base::SilentLog log;
    Context context(alone(log));
    EXPECT_EQ(context.get("pva://X", 20ms).error().text, "pva://X was not connected in time");
    EXPECT_EQ(context.put("pva://X", pv::Value::of(1.0), {.timeout = 20ms}).outcome, pv::Outcome::timed_out);
    EXPECT_TRUE(context.monitor("pva://X", [](const Updates&) {}));
    EXPECT_FALSE(context.monitor("pva://", [](const Updates&) {}));
    EXPECT_EQ(address_of("ca://X").name, "X");
    EXPECT_EQ(address_of("pva://X").protocol, Address::Protocol::pva);
}

TEST(ClientContext, EndsWithOperationsAndMonitorsUnderWay)
{
    base::SilentLog log;
    reactor::Later<Outcome<Reading>> reading;
    {
        Context context(alone(log));
        reading = context.get_later("A", 1h);
        auto monitor = context.monitor("B", [](const Updates&) {});
        ASSERT_TRUE(monitor);
        EXPECT_EQ(monitor->counts().received, 0u);
    }
    EXPECT_EQ(reading.get().error().outcome, pv::Outcome::cancelled);
}

reactor::Detached put_and_get(Context& context, std::vector<pv::Outcome>& outcomes)
{
    PutOptions options; // GCC 12 destroys what is made in braces within a co_await twice
    options.timeout = 10ms;
    const pv::Status put = co_await context.put_later("A", pv::Value::of(1), options);
    outcomes.push_back(put.outcome);
    const Outcome<Reading> got = co_await context.get_later("A", 1h);
    outcomes.push_back(got.error().outcome);
}

TEST(ClientContext, CoroutinesGoOnAlsoWhenItEnds)
{
    base::SilentLog log;
    std::vector<pv::Outcome> outcomes;
    {
        Context context(alone(log));
        put_and_get(context, outcomes);
        (void)context.get("B", 50ms); // asked for later than the put, so that ends before
    }
    EXPECT_EQ(outcomes, (std::vector{pv::Outcome::timed_out, pv::Outcome::cancelled}));
}

/// The shard's side alone, driven by hand, with an executor that the test polls.
struct ContextQueues : testing::Test {
    ContextQueues() : ContextQueues([](ContextSettings&) {}) {}
    explicit ContextQueues(void (*change)(ContextSettings&))
        : core(
              shard, executor,
              [&] {
                  ContextSettings settings = alone(log);
                  change(settings);
                  return settings;
              }(),
              log)
    {}

    std::shared_ptr<Monitor::State> start(MonitorOptions options)
    {
        auto state = std::make_shared<Monitor::State>();
        state->name = "PV";
        state->callback = [this](const Updates& updates) {
            for (const pv::Update& update : updates.updates) {
                told.push_back(update.sample.value.as_double());
            }
            coalesced += updates.coalesced;
        };
        state->options = std::move(options);
        state->shard = &shard;
        core.start(state);
        return state;
    }
    void update(Monitor::State& state, std::initializer_list<double> values)
    {
        for (const double value : values) {
            pv::Update one = number(value);
            one.token = pv::Token{reinterpret_cast<std::uint64_t>(&state)};
            core.updates({&one, 1});
        }
        core.settled();
    }
    /// Runs the callbacks, and what the shard does of it.
    void run()
    {
        while (executor.poll() > 0) {
            bool ran = false;
            shard.post([&] { ran = true; });
            shard.run_until(base::never, [&] { return ran; });
        }
    }

    base::SilentLog log;
    reactor::Shard shard;
    reactor::Executor executor{[](std::exception_ptr) {}};
    ContextCore core;
    std::vector<double> told;
    std::uint64_t coalesced = 0;
};

TEST_F(ContextQueues, AllUpdatesReachTheCallbackInOrder)
{
    const auto state = start({});
    update(*state, {1, 2, 3});
    update(*state, {4}); // while the callback has not run
    update(*state, {5});
    run();
    EXPECT_EQ(told, (std::vector<double>{1, 2, 3, 4, 5}));
    EXPECT_EQ(state->delivered, 5u);
    EXPECT_EQ(state->coalesced, 0u);
}

TEST_F(ContextQueues, NewestKeepsOneAndCountsTheRest)
{
    const auto state = start({.queue = QueuePolicy::newest});
    update(*state, {1});
    update(*state, {2});
    update(*state, {3, 4});
    run();
    EXPECT_EQ(told, (std::vector<double>{1, 4}));
    EXPECT_EQ(coalesced, 2u);
    EXPECT_EQ(state->received, 4u);
}

TEST_F(ContextQueues, TheNewestStructureKeepsTheMarksOfThoseThatItReplaces)
{
    std::vector<pv::BitSet> marks;
    const auto state = start({.queue = QueuePolicy::newest});
    state->callback = [&](const Updates& updates) {
        for (const pv::Update& update : updates.updates) {
            marks.push_back(update.sample.value.structure()->marked());
        }
    };
    pv::Structure structure(pv::nt_scalar(pv::ScalarType::float64));
    std::array<pv::Update, 3> updates;
    for (std::size_t i = 0; const char* const path : {"value", "alarm.severity", "timeStamp.userTag"}) {
        structure.unmark_all();
        ASSERT_TRUE(structure.set(path, 1).ok());
        updates[i].token = pv::Token{reinterpret_cast<std::uint64_t>(state.get())};
        updates[i++].sample.value = pv::Value::of(structure);
    }
    core.updates(updates);
    core.settled();
    run();
    pv::Structure all(structure.type());
    for (const char* const path : {"value", "alarm.severity", "timeStamp.userTag"}) {
        all.mark(*all.type()->find(path));
    }
    EXPECT_EQ(marks, std::vector{all.marked()});
}

TEST_F(ContextQueues, UpdatesThatTheServerHasMergedAreCounted)
{
    const auto state = start({});
    std::array<pv::Update, 3> updates{number(1), number(2), number(3)};
    updates[1].sample.overrun = true;
    for (pv::Update& update : updates) {
        update.token = pv::Token{reinterpret_cast<std::uint64_t>(state.get())};
    }
    core.updates(updates);
    EXPECT_EQ(state->received, 3u);
    EXPECT_EQ(state->overruns, 1u);
    EXPECT_TRUE(core.overruns(*state).fields.empty()) << "it did not come by the wire";
}

TEST_F(ContextQueues, ConnectionNewsKeepItsPlaceAmongUpdates)
{
    const auto state =
        start({.on_connection = [this](bool yes, std::string_view) { told.push_back(yes ? 100 : -100); }});
    const pv::Token channel{reinterpret_cast<std::uint64_t>(state.get()) | 1};
    const pv::Opened opened{.token = channel, .status = {}, .channel = {}, .meta = nullptr, .rights = {}};
    core.opened({&opened, 1});
    update(*state, {1});
    update(*state, {2});
    core.closed(channel, {pv::Outcome::disconnected, "gone"});
    core.opened({&opened, 1});
    update(*state, {3});
    run();
    EXPECT_EQ(told, (std::vector<double>{100, 1, 2, -100, 100, 3}));
}

TEST_F(ContextQueues, TheEndOfAMonitorComesBehindItsUpdates)
{
    std::vector<std::string> ends;
    const auto state = start({.on_end = [&](const pv::Status& why) {
        ends.push_back(why.text);
        told.push_back(-1);
    }});
    const pv::Token subscription{reinterpret_cast<std::uint64_t>(state.get())};
    update(*state, {1});
    update(*state, {2});
    EXPECT_TRUE(core.ended(subscription, {pv::Outcome::get_failed, "out of paper"}));
    update(*state, {3});
    run();
    EXPECT_EQ(told, (std::vector<double>{1, 2, -1, 3}));
    EXPECT_EQ(ends, std::vector<std::string>{"out of paper"});
    const auto other = start({});
    EXPECT_FALSE(core.ended(pv::Token{reinterpret_cast<std::uint64_t>(other.get())}, {})) << "nobody has taken notice";
}

TEST_F(ContextQueues, OnShardCallsAtOnceAndACancelledOneNotAtAll)
{
    const auto direct = start({.on_shard = true});
    update(*direct, {1, 2});
    EXPECT_EQ(told, (std::vector<double>{1, 2}));
    const auto queued = start({});
    update(*queued, {3});
    queued->cancelled = true;
    run();
    EXPECT_EQ(told, (std::vector<double>{1, 2}));
    core.stop(*queued);
    core.stop(*direct);
}

TEST_F(ContextQueues, ACallbackThatThrowsStopsNobodyElse)
{
    const auto bad = start({});
    bad->callback = [](const Updates&) { throw std::runtime_error("oops"); };
    const auto good = start({});
    update(*bad, {1});
    update(*good, {2});
    run();
    update(*bad, {3});
    update(*good, {4});
    run();
    EXPECT_EQ(told, (std::vector<double>{2, 4}));
}

/// A callback that is slower than max_lag allows.
struct ContextLag : ContextQueues {
    ContextLag() : ContextQueues([](ContextSettings& settings) { settings.max_lag = 1ms; }) {}
    void let_time_pass()
    {
        const base::Steady then = shard.refresh() + 50ms;
        shard.run_until(then, [] { return false; });
    }
};

TEST_F(ContextLag, BeyondMaxLagTheNewestIsKeptAndTheRestCounted)
{
    const auto slow = start({});
    const auto other = start({});
    update(*slow, {1}); // the callback has it, and takes its time
    update(*slow, {2, 3});
    let_time_pass();
    update(*slow, {4});
    update(*slow, {5});
    EXPECT_EQ(slow->coalesced, 3u);
    update(*other, {10});
    run();
    EXPECT_EQ(told, (std::vector<double>{1, 10, 5}));
    EXPECT_EQ(coalesced, 3u);
    EXPECT_EQ(slow->received, slow->delivered + slow->coalesced);
    told.clear();
    update(*slow, {6});
    update(*slow, {7, 8});
    run();
    EXPECT_EQ(told, (std::vector<double>{6, 7, 8})) << "it has caught up, and loses nothing";
}

/// Many updates wait, all of them young.
struct ContextBudget : ContextQueues {
    static constexpr std::size_t bytes = 100'000;
    ContextBudget()
        : ContextQueues([](ContextSettings& settings) {
              settings.max_lag = 0ms;
              settings.queue_bytes = bytes;
          })
    {}
};

TEST_F(ContextBudget, TheLargestQueueIsReducedToItsNewest)
{
    const auto large = start({});
    const auto small = start({});
    update(*large, {0});
    update(*small, {0});
    for (double value = 1; value <= 100; ++value) {
        update(*small, {value});
    }
    for (double value = 1; value <= 10'000; ++value) {
        update(*large, {value});
        ASSERT_LE(large->pending_bytes + small->pending_bytes, bytes);
    }
    EXPECT_EQ(small->coalesced, 0u);
    EXPECT_GT(large->coalesced, 8'000u);
    run();
    EXPECT_EQ(std::ranges::count(told, 10'000.0), 1);
    EXPECT_EQ(small->delivered, 101u);
    EXPECT_EQ(large->received, large->delivered + large->coalesced);
    EXPECT_EQ(large->pending_bytes + small->pending_bytes, 0u);
}

TEST_F(ContextBudget, ElementsOfArraysCount)
{
    const auto state = start({});
    update(*state, {0});
    const std::vector<double> elements(2'000);
    pv::Update one;
    one.sample.value = pv::Value::array_of<double>(elements);
    one.token = pv::Token{reinterpret_cast<std::uint64_t>(state.get())};
    for (int i = 0; i < 100; ++i) {
        core.updates({&one, 1});
        core.settled();
        ASSERT_LE(state->pending.size(), 7u);
    }
    EXPECT_GE(state->coalesced, 90u);
}

TEST_F(ContextQueues, ABorrowedMessageIsNotKept)
{
    std::vector<bool> messages;
    const auto state = start({});
    state->callback = [&](const Updates& updates) {
        for (const pv::Update& each : updates.updates) {
            messages.push_back(each.sample.message != nullptr);
        }
    };
    const auto message = std::make_unique<std::string>("text");
    pv::Update one = number(1);
    one.sample.message = message.get();
    one.token = pv::Token{reinterpret_cast<std::uint64_t>(state.get())};
    core.updates({&one, 1});
    core.settled();
    run();
    EXPECT_EQ(messages, std::vector<bool>{false});
}
