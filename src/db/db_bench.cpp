#include "base/manual_clock.h"
#include "db/database.h"
#include "pv/quiet_sink.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace iochron::db {
namespace {

/// Takes updates and forgets them.
/// Thread: shard
class NullSink : public pv::QuietSink {
  public:
    void opened(std::span<const pv::Opened> answers) override
    {
        for (const pv::Opened& answer : answers) {
            channels.push_back(answer.channel);
        }
    }
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            sum += update.sample.value.bits();
        }
        count += batch.size();
        return batch.size();
    }

    std::vector<pv::ChannelId> channels;
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
};

struct Load {
    explicit Load(std::size_t records)
    {
        for (std::size_t i = 0; i < records; ++i) {
            const std::string name = fmt::format("CALC{:07}", i);
            const RecordId id = *database.create("calc", name);
            (void)database.put_text(id, "CALC", "A+1");
            (void)database.put_text(id, "INPA", name + ".VAL NPP");
            (void)database.put_text(id, "SCAN", ".1 second");
        }
        database.start(clock.steady());
    }

    /// One channel with one monitor of each record, in an order that is not theirs.
    void subscribe(std::size_t records)
    {
        constexpr std::size_t stride = 7'919;
        for (std::size_t i = 0; i < records; ++i) {
            const std::string name = fmt::format("CALC{:07}", i * stride % records);
            const pv::OpenRequest request{name, pv::Token{i}};
            database.open({&request, 1}, peer, sink);
            (void)database.subscribe({.channel = sink.channels.back(), .token = pv::Token{i}}, sink);
        }
    }

    base::ManualClock clock;
    base::SilentLog log;
    base::Counters counters;
    pv::Peer peer;
    NullSink sink;
    Database database{Surroundings{.clock = clock, .log = log, .counters = counters}};
};

/// All records once, with a monitor each.
void scan_calc(benchmark::State& state)
{
    const auto records = static_cast<std::size_t>(state.range(0));
    Load load(records);
    load.subscribe(records);
    while (load.database.advance(load.clock.steady())) {
    }
    load.sink.count = 0;
    std::uint64_t passes = 0;
    for (auto _ : state) {
        load.clock.advance(std::chrono::milliseconds(100));
        while (load.database.advance(load.clock.steady())) {
        }
        ++passes;
    }
    if (load.sink.count != passes * records) {
        state.SkipWithError("not every record made one update in each pass");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(passes * records));
    state.counters["bytes/record"] = static_cast<double>(load.database.memory_bytes()) / static_cast<double>(records);
}
BENCHMARK(scan_calc)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void build_calc(benchmark::State& state)
{
    for (auto _ : state) {
        const Load load(static_cast<std::size_t>(state.range(0)));
        benchmark::DoNotOptimize(load.database.size());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(build_calc)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void subscribe_calc(benchmark::State& state)
{
    const auto records = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        auto load = std::make_unique<Load>(records);
        state.ResumeTiming();
        load->subscribe(records);
        state.PauseTiming();
        load.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(subscribe_calc)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace iochron::db
