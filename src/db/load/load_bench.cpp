#include "db/load/loader.h"

#include "base/manual_clock.h"

#include <benchmark/benchmark.h>

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <string>

namespace iochron::db::load {
namespace {

/// Takes everything and keeps nothing but a sum, so that only reading is measured.
/// Thread: fixed
class Counting : public Definitions {
  public:
    void record(const Word&, const Word& name) override { seen += 1 + name.text.size(); }
    void field(const Word&, const Value& value) override { seen += value.text.size() + value.mark.line; }
    void info(const Word&, const Value&) override {}
    void alias(const Word&) override {}
    void end_record() override {}
    void alias(const Word&, const Word&) override {}

    std::size_t seen = 0;
};

/// The calc records of the seed's performance test, one statement a line.
std::string calc_records(std::size_t count, std::string_view prefix)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        fmt::format_to(std::back_inserter(text),
                       "record(calc, \"{0}PV{1:06}\") {{\n    field(CALC, \"A+1\")\n    field(INPA, \"{0}PV{1:06}.VAL "
                       "NPP\")\n    field(SCAN, \".1 second\")\n}}\n",
                       prefix, i);
    }
    return text;
}

void read(benchmark::State& state, std::string_view prefix)
{
    const std::string text = calc_records(static_cast<std::size_t>(state.range(0)), prefix);
    MemoryFiles files;
    const Macros macros("P=SR01:");
    const SearchPath search;
    const base::Limits limits;
    for (auto _ : state) {
        Counting counting;
        read_db_text("calc.db", text, {files, macros, search, limits}, counting);
        benchmark::DoNotOptimize(counting.seen);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
    state.SetItemsProcessed(state.range(0) * state.iterations());
}

void read_plain(benchmark::State& state)
{
    read(state, "");
}
void read_with_macros(benchmark::State& state)
{
    read(state, "$(P)");
}

/// The whole way: from text to records that only wait for iocInit.
void load_into_database(benchmark::State& state)
{
    const std::string text = calc_records(static_cast<std::size_t>(state.range(0)), "");
    MemoryFiles files;
    const Macros macros;
    const SearchPath search;
    const base::Limits limits;
    const base::ManualClock clock;
    base::SilentLog log;
    for (auto _ : state) {
        base::Counters counters;
        auto database = std::make_unique<Database>(
            Surroundings{.clock = clock, .log = log, .counters = counters, .limits = limits});
        benchmark::DoNotOptimize(load_db_text(*database, "calc.db", text, {files, macros, search, limits}, log));
        state.PauseTiming(); // taking it all down is not loading
        state.counters["bytes_per_record"] = static_cast<double>(database->memory_bytes() / database->size());
        database.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.range(0) * state.iterations());
}

BENCHMARK(read_plain)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(read_with_macros)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(load_into_database)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace iochron::db::load
