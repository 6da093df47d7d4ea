#include "base/manual_clock.h"
#include "db/group/groups.h"
#include "pv/quiet_sink.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace iochron::db::group {
namespace {

/// Takes updates and forgets them.
/// Thread: shard
class NullSink : public pv::QuietSink {
  public:
    void opened(std::span<const pv::Opened> answers) override { channel = answers.front().channel; }
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        count += batch.size();
        return batch.size();
    }

    pv::ChannelId channel{};
    std::uint64_t count = 0;
};

/// A chain of records, all of them in one group that the last one triggers.
struct Chain {
    Chain(std::size_t records, std::string_view kind)
    {
        for (std::size_t i = 0; i < records; ++i) {
            const RecordId id = *database.create("ao", fmt::format("A{}", i));
            (void)database.put_text(id, "MDEL", "-1"); // posts though it does not change
            if (i + 1 < records) {
                (void)database.put_text(id, "FLNK", fmt::format("A{}", i + 1));
            }
            database.info(id, group_item,
                          fmt::format(R"({{"g":{{"f{}":{{"+channel":"VAL","+type":"{}","+trigger":"{}"}}}}}})", i, kind,
                                      i + 1 == records ? "*" : ""));
        }
        database.start(base::Steady{});
        (void)groups.build({}, base::Limits{});
        const pv::OpenRequest request{"g", pv::Token{1}};
        groups.open({&request, 1}, peer, sink);
        (void)groups.subscribe({.channel = sink.channel, .token = pv::Token{2}}, sink);
    }

    base::ManualClock clock;
    base::SilentLog log;
    base::Counters counters;
    pv::Peer peer;
    NullSink sink;
    Database database{{.clock = clock, .log = log, .counters = counters}};
    Groups groups{database, log};
};

/// One chain processed, and one update of its group made.
void group_update(benchmark::State& state, std::string_view kind)
{
    Chain chain(static_cast<std::size_t>(state.range(0)), kind);
    const RecordId first = *chain.database.find("A0");
    double value = 0;
    for (auto _ : state) {
        (void)chain.database.put(first, "VAL", pv::Value::of(++value));
    }
    state.counters["updates"] = benchmark::Counter(static_cast<double>(chain.sink.count), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(group_update, plain, "plain")->Arg(1)->Arg(10)->Arg(100);
BENCHMARK_CAPTURE(group_update, scalar, "scalar")->Arg(1)->Arg(10)->Arg(100);

} // namespace
} // namespace iochron::db::group
