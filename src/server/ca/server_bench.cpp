// What the server alone can do, from updates() to bytes in an output that is emptied at once: no records, no sockets.
#include "base/log.h"
#include "server/ca/circuit.h"
#include "wire/ca/channel.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/read.h"
#include "wire/ca/version.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace iochron::server::ca {
namespace {

/// PVs "0", "1", ... of type double, whose updates are made by the benchmark.
/// Thread: shard
class NumberedSource final : public pv::Source {
  public:
    explicit NumberedSource(std::size_t pvs) : tokens_(pvs)
    {
        auto meta = std::make_shared<pv::Meta>();
        meta->type = pv::ScalarType::float64;
        meta_ = meta;
        sample_.meta = meta_.get();
        sample_.value = pv::Value::of(1.5);
        sample_.time = {1'700'000'000'000'000'000};
    }

    void find(std::span<const std::string_view> /*names*/, std::span<pv::Presence> found) override
    {
        std::ranges::fill(found, pv::Presence::here);
    }
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer& /*peer*/, pv::Sink& sink) override
    {
        std::vector<pv::Opened> answers;
        for (const pv::OpenRequest& request : requests) {
            std::uint64_t number = 0;
            std::from_chars(request.name.data(), request.name.data() + request.name.size(), number);
            answers.push_back(
                {.token = request.token, .status = {}, .channel = pv::ChannelId{number}, .meta = meta_, .rights = {}});
        }
        sink.opened(answers);
    }
    void close(pv::ChannelId /*channel*/) override {}
    [[nodiscard]] pv::MetaRef describe(pv::ChannelId /*channel*/) override { return meta_; }
    void read(const pv::ReadRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink) override
    {
        sink.completed(request.token, {}, &sample_);
    }
    void write(const pv::WriteRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink) override
    {
        sink.completed(request.token, {}, nullptr);
    }
    void cancel(pv::ChannelId /*channel*/, pv::Token /*operation*/, pv::Sink& /*sink*/) override {}
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink& sink) override
    {
        tokens_[static_cast<std::size_t>(request.channel)] = request.token;
        const pv::Update first{request.token, sample_};
        sink.updates({&first, 1});
        return {};
    }
    void unsubscribe(pv::SubscriptionId /*subscription*/) override {}

    /// An update of each PV, in order.
    [[nodiscard]] std::vector<pv::Update> pass() const
    {
        std::vector<pv::Update> all;
        for (const pv::Token token : tokens_) {
            all.push_back({token, sample_});
            all.back().sample.mask = pv::Mask::value;
        }
        return all;
    }

  private:
    std::vector<pv::Token> tokens_;
    pv::MetaRef meta_;
    pv::Sample sample_;
};

/// A peer that takes everything at once.
/// Thread: shard
class SwallowingLine final : public Line {
  public:
    void touch() override { flush(); }
    void flush() override
    {
        if (circuit != nullptr) {
            bytes += circuit->output().size();
            circuit->output().consume(circuit->output().size());
        }
    }
    void close(std::string_view /*why*/) override {}

    Circuit* circuit = nullptr;
    std::uint64_t bytes = 0;
};

/// A server with circuits whose channels are all monitored.
/// Thread: shard
class Bench {
  public:
    Bench(std::size_t pvs, std::size_t circuits) : source(pvs)
    {
        for (std::size_t i = 0; i < circuits; ++i) {
            auto line = std::make_unique<SwallowingLine>();
            SwallowingLine& kept = *line;
            all.push_back(std::make_unique<Circuit>(service, std::move(line), "10.0.0.7:41234"));
            kept.circuit = all.back().get();
            send(*all.back(), wire::ca::Version{});
            flush(*all.back());
        }
    }

    template <class M>
    void send(Circuit& circuit, const M& message)
    {
        encode(out, message);
        if (out.size() >= base::BlockPool::block_bytes / 2) {
            flush(circuit);
        }
    }
    void flush(Circuit& circuit)
    {
        std::array<std::span<const std::byte>, 1> piece;
        while (out.gather(piece) > 0) {
            circuit.received(piece[0], {});
            out.consume(piece[0].size());
        }
    }
    /// Channels for the PVs, the i-th on circuit i modulo their number, with SIDs in order.
    void create(std::size_t pvs)
    {
        for (std::size_t c = 0; c < all.size(); ++c) {
            for (std::size_t i = c; i < pvs; i += all.size()) {
                const std::string name = std::to_string(i);
                send(*all[c],
                     wire::ca::CreateChannel{.cid = wire::ca::Cid(static_cast<std::uint32_t>(i)), .name = name});
            }
            flush(*all[c]);
        }
    }
    void subscribe(Circuit& circuit, std::uint32_t index, std::uint32_t id)
    {
        send(circuit, wire::ca::EventAdd{.type = wire::ca::Dbr::time_double,
                                         .count = 1,
                                         .sid = wire::ca::Sid{first_sid + index},
                                         .subscription = wire::ca::SubId{id},
                                         .mask = 1});
    }
    /// Makes one pass of updates in batches as a database does, and settles.
    std::size_t run(const std::vector<pv::Update>& pass)
    {
        constexpr std::size_t batch = 256;
        std::size_t made = 0;
        for (std::size_t at = 0; at < pass.size(); at += batch) {
            made += service.updates(std::span(pass).subspan(at, std::min(batch, pass.size() - at)));
        }
        service.settled();
        return made;
    }

    base::Limits limits;
    base::SilentLog log;
    base::Counters counters;
    Budget budget{1u << 30};
    base::BlockPool pool;
    NumberedSource source;
    Service service{Surroundings{.sources = {&source},
                                 .limits = limits,
                                 .log = log,
                                 .counters = counters,
                                 .budget = budget,
                                 .pool = pool,
                                 .now = [] { return base::Steady{}; }}};
    std::vector<std::unique_ptr<Circuit>> all;
    base::Output out{pool};
};

void fan_out(benchmark::State& state)
{
    const auto pvs = static_cast<std::size_t>(state.range(0));
    const auto monitors = static_cast<std::uint32_t>(state.range(1));
    Bench bench(pvs, 1);
    bench.create(pvs);
    for (std::uint32_t pv = 0; pv < pvs; ++pv) {
        for (std::uint32_t i = 0; i < monitors; ++i) {
            bench.subscribe(*bench.all[0], pv, pv * monitors + i);
        }
    }
    bench.flush(*bench.all[0]);
    const std::vector<pv::Update> pass = bench.source.pass();
    std::size_t made = 0;
    for (auto _ : state) {
        made += bench.run(pass);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(made));
}
BENCHMARK(fan_out)->Args({1000, 100})->Args({1000, 1000})->Unit(benchmark::kMillisecond);

/// Many circuits, each with one monitor of each PV.
void many_circuits(benchmark::State& state)
{
    const auto pvs = static_cast<std::uint32_t>(state.range(0));
    Bench bench(pvs, static_cast<std::size_t>(state.range(1)));
    for (const auto& circuit : bench.all) {
        for (std::uint32_t i = 0; i < pvs; ++i) {
            bench.send(*circuit, wire::ca::CreateChannel{.cid = wire::ca::Cid{i}, .name = std::to_string(i)});
            bench.subscribe(*circuit, i, i);
        }
        bench.flush(*circuit);
    }
    const std::vector<pv::Update> pass = bench.source.pass();
    std::size_t made = 0;
    for (auto _ : state) {
        made += bench.run(pass);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(made));
}
BENCHMARK(many_circuits)->Args({1000, 1000})->Unit(benchmark::kMillisecond);

/// One monitor a PV. Scattered: groups and channels in another order than that of the updates.
void unique(benchmark::State& state)
{
    const auto pvs = static_cast<std::size_t>(state.range(0));
    const auto circuits = static_cast<std::size_t>(state.range(1));
    Bench bench(pvs, circuits);
    bench.create(pvs);
    std::vector<std::uint32_t> order(pvs / circuits);
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    if (state.range(2) != 0) {
        std::ranges::shuffle(order, std::mt19937(1));
    }
    for (const std::uint32_t index : order) { // circuit by circuit would put each circuit's groups together
        for (const auto& circuit : bench.all) {
            bench.subscribe(*circuit, index, index);
            if (circuits > 1) {
                bench.flush(*circuit);
            }
        }
    }
    bench.flush(*bench.all[0]);
    const std::vector<pv::Update> pass = bench.source.pass();
    std::size_t made = 0;
    for (auto _ : state) {
        made += bench.run(pass);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(made));
}
BENCHMARK(unique)
    ->ArgNames({"pvs", "circuits", "scattered"})
    ->Args({100'000, 1, 0})
    ->Args({1'000'000, 1, 0})
    ->Args({1'000'000, 1, 1})
    ->Args({1'000'000, 100, 1})
    ->Unit(benchmark::kMillisecond);

void connect_and_subscribe(benchmark::State& state)
{
    const auto pvs = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        Bench bench(pvs, 1);
        bench.create(pvs);
        for (std::uint32_t i = 0; i < pvs; ++i) {
            bench.subscribe(*bench.all[0], i, i);
        }
        bench.flush(*bench.all[0]);
        bench.all[0]->closed("the end", {});
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * state.range(0)));
}
BENCHMARK(connect_and_subscribe)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void read_notify(benchmark::State& state)
{
    Bench bench(1000, 1);
    bench.create(1000);
    for (auto _ : state) {
        for (std::uint32_t i = 0; i < 1000; ++i) {
            bench.send(*bench.all[0], wire::ca::ReadNotify{.type = wire::ca::Dbr::time_double,
                                                           .count = 1,
                                                           .sid = wire::ca::Sid{first_sid + i},
                                                           .ioid = wire::ca::Ioid{i}});
        }
        bench.flush(*bench.all[0]);
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(read_notify);

} // namespace
} // namespace iochron::server::ca
