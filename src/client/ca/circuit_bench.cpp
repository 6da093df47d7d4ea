#include "client/ca/circuit.h"
#include "pv/quiet_sink.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

using namespace iochron;
using namespace iochron::client::ca;

namespace {

/// Checks each update as a consumer would: looks at its value.
struct CheckingSink final : pv::QuietSink {

    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            sum += update.sample.value.get<double>();
        }
        count += batch.size();
        return batch.size();
    }

    std::uint64_t count = 0;
    double sum = 0;
};

struct NoUser final : CircuitUser {
    void rights(wire::ca::Cid, pv::Rights) override {}
    void created(wire::ca::Cid, wire::ca::Sid, wire::ca::Dbr, std::uint32_t) override {}
    void lost(wire::ca::Cid) override {}
    void read(const ReadAnswer&) override {}
    void written(wire::ca::Ioid, wire::ca::Eca) override {}
    void monitor_failed(wire::ca::SubId, wire::ca::Eca) override {}
    void found(wire::ca::Cid, const base::Endpoint&) override {}
    void responsive(bool) override {}
    void complaint(std::string_view) override {}
    void gone(std::string_view) override {}
    void settled() override {}
    void properties(Monitor&, wire::ca::Dbr, std::uint32_t, std::span<const std::byte>) override {}
};

/// Updates of DBR_TIME_DOUBLE for all monitors, read from memory in pieces of 64 KiB.
void updates(benchmark::State& state, bool scattered)
{
    const auto count = static_cast<std::size_t>(state.range(0));
    Monitors monitors;
    NoUser user;
    CheckingSink sink;
    client::UpdateBatch batch;
    base::BlockPool pool;
    Circuit circuit({}, monitors, batch, user, pool, base::Steady{});
    const pv::Meta meta;
    std::vector<std::uint32_t> ids;
    for (std::size_t i = 0; i < count; ++i) {
        ids.push_back(monitors.insert());
        Monitor& monitor = monitors.get(ids.back());
        monitor.sink = &sink;
        monitor.token = pv::Token{i};
        monitor.meta = &meta;
        monitor.type = wire::ca::Dbr::time_double;
        circuit.subscribe({}, monitor);
    }
    if (scattered) {
        std::shuffle(ids.begin(), ids.end(), std::mt19937{1});
    }
    std::vector<std::byte> stream(count * 40);
    base::Writer writer(stream);
    const std::array<std::byte, 24> data{};
    for (const std::uint32_t id : ids) {
        encode(writer, wire::ca::Update{.type = wire::ca::Dbr::time_double,
                                        .count = 1,
                                        .status = wire::ca::Eca::normal,
                                        .subscription = wire::ca::SubId{id},
                                        .data = data});
    }
    for (auto _ : state) {
        for (std::size_t at = 0; at < stream.size(); at += 65'536) {
            circuit.received(std::span(stream).subspan(at, std::min<std::size_t>(65'536, stream.size() - at)), {});
        }
    }
    if (sink.count != state.iterations() * count) {
        state.SkipWithError("updates were lost");
    }
    benchmark::DoNotOptimize(sink.sum);
    state.SetItemsProcessed(static_cast<std::int64_t>(sink.count));
}

} // namespace

BENCHMARK_CAPTURE(updates, in_order, false)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(updates, scattered, true)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
