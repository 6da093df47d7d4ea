// What it costs to be behind: a turn's updates pile up on what waits already, and the queue collapses.
#include "server/backlog.h"
#include "server/ca/frames.h"
#include "server/pva/frames.h"
#include "wire/ca/update.h"
#include "wire/pva/header.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstring>

namespace iochron::server {
namespace {

constexpr std::uint32_t pvs = 1000;
constexpr std::uint32_t monitors = 1000;

/// An update of a double as Channel Access has it.
class CaFrame {
  public:
    static const Frames& kind() { return ca::frames; }
    void put(base::Output& output, std::uint32_t id) const
    {
        pv::Sample sample;
        sample.value = pv::Value::of(1.5);
        std::byte* const at = output.grow(bytes);
        wire::ca::scalar_update(at, wire::ca::Dbr::time_double, wire::ca::SubId{id}, sample);
    }

  private:
    static constexpr std::size_t bytes = 40;
};

/// An update of value, alarm and time stamp as pvAccess has it.
class PvaFrame {
  public:
    PvaFrame()
    {
        wire::pva::Header header;
        header.from = wire::pva::Role::server;
        header.size = bytes - wire::pva::header_bytes;
        header.code = static_cast<std::uint8_t>(wire::pva::Command::monitor);
        header.order = pva::byte_order;
        write(std::span(frame_).first<wire::pva::header_bytes>(), header);
        constexpr std::array<std::uint8_t, 2> marks{1, 0b1110};
        std::memcpy(frame_.data() + pva::id_offset + 5, marks.data(), marks.size());
    }
    static const Frames& kind() { return pva::frames; }
    void put(base::Output& output, std::uint32_t id) const
    {
        std::byte* const at = output.grow(bytes);
        std::memcpy(at, frame_.data(), bytes);
        std::memcpy(at + pva::id_offset, &id, sizeof id);
    }

  private:
    static constexpr std::size_t bytes = 49;
    std::array<std::byte, bytes> frame_{};
};

/// Ids in the order in which they were given, or PV by PV where a client subscribed round by round.
template <class Frame>
void collapse(benchmark::State& state)
{
    const bool strided = state.range(0) != 0;
    base::BlockPool pool;
    Queue queue(pool, Frame::kind());
    const Frame frame;
    const auto turn = [&] {
        for (std::uint32_t pv = 0; pv < pvs; ++pv) {
            for (std::uint32_t monitor = 0; monitor < monitors; ++monitor) {
                frame.put(queue.output(), strided ? monitor * pvs + pv : pv * monitors + monitor);
            }
        }
    };
    turn();
    for (auto _ : state) {
        state.PauseTiming();
        turn();
        state.ResumeTiming();
        benchmark::DoNotOptimize(queue.collapse());
    }
    state.SetItemsProcessed(state.iterations() * pvs * monitors);
}
BENCHMARK(collapse<CaFrame>)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(collapse<PvaFrame>)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace iochron::server
