#include "wire/ca/update.h"

#include <benchmark/benchmark.h>

#include <array>
#include <vector>

namespace iochron::wire::ca {
namespace {

pv::Sample sample_of(pv::Value value)
{
    static const pv::Meta meta;
    pv::Sample sample;
    sample.value = std::move(value);
    sample.time = {1'700'000'000'123'456'789};
    sample.meta = &meta;
    return sample;
}

void scalar_update_of(benchmark::State& state, Dbr type, pv::Value value)
{
    std::vector<pv::Sample> samples(64, sample_of(std::move(value)));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i].time.ns += static_cast<std::int64_t>(i);
    }
    std::array<std::byte, scalar_update_bytes> frame;
    std::size_t i = 0;
    for (auto _ : state) {
        const pv::Sample& sample = samples[i++ % samples.size()];
        benchmark::DoNotOptimize(
            is_scalar_update(type, 1, sample.value) ? scalar_update(frame.data(), type, SubId{7}, sample) : 0);
        benchmark::ClobberMemory();
    }
}
BENCHMARK_CAPTURE(scalar_update_of, double, Dbr::double_, pv::Value::of(1.5));
BENCHMARK_CAPTURE(scalar_update_of, time_double, Dbr::time_double, pv::Value::of(1.5));
BENCHMARK_CAPTURE(scalar_update_of, time_long, Dbr::time_long, pv::Value::of(5));
BENCHMARK_CAPTURE(scalar_update_of, sts_enum, Dbr::sts_enum, pv::Value::enumeration(1));

void update_to_output(benchmark::State& state, Dbr type, pv::Value value)
{
    base::BlockPool pool;
    base::Output output(pool);
    const pv::Sample sample = sample_of(std::move(value));
    for (auto _ : state) {
        benchmark::DoNotOptimize(encode_update(output, type, 1, SubId{7}, sample));
        if (output.size() > 60'000) {
            output.clear();
        }
    }
}
BENCHMARK_CAPTURE(update_to_output, time_double, Dbr::time_double, pv::Value::of(1.5));
BENCHMARK_CAPTURE(update_to_output, int64_as_time_double, Dbr::time_double, pv::Value::of(std::int64_t{5}));
BENCHMARK_CAPTURE(update_to_output, ctrl_double, Dbr::ctrl_double, pv::Value::of(1.5));

void decode_stream(benchmark::State& state, Dbr type, pv::Value value)
{
    std::vector<std::byte> stream;
    for (unsigned i = 0; i < 64; ++i) {
        std::array<std::byte, scalar_update_bytes> frame;
        const std::size_t bytes = scalar_update(frame.data(), type, SubId{i}, sample_of(value));
        stream.insert(stream.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(bytes));
    }
    std::span<const std::byte> left = stream;
    for (auto _ : state) {
        const Frame frame = next_message(left);
        const base::Result<pv::Sample> sample =
            decode_update_value(Dbr{frame.header.type}, frame.header.count, frame.payload);
        benchmark::DoNotOptimize(sample);
        left = left.size() > frame.total_bytes ? left.subspan(static_cast<std::size_t>(frame.total_bytes))
                                               : std::span<const std::byte>(stream);
    }
}
BENCHMARK_CAPTURE(decode_stream, time_double, Dbr::time_double, pv::Value::of(1.5));
BENCHMARK_CAPTURE(decode_stream, time_long, Dbr::time_long, pv::Value::of(5));

void shared_elements(benchmark::State& state, Dbr type, pv::ScalarType from)
{
    const auto bytes = static_cast<std::size_t>(state.range(0));
    pv::BufferRef buffer = pv::BufferRef::make(bytes);
    std::memset(buffer->fill(), 1, bytes);
    const std::size_t count = bytes / pv::element_bytes(from);
    const pv::Value value = pv::Value::array(from, std::move(buffer), count);
    for (auto _ : state) {
        benchmark::DoNotOptimize(share_elements(type, static_cast<std::uint32_t>(count), value, nullptr));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}
BENCHMARK_CAPTURE(shared_elements, double, Dbr::time_double, pv::ScalarType::float64)->Arg(8 << 10)->Arg(8 << 20);
BENCHMARK_CAPTURE(shared_elements, short, Dbr::time_short, pv::ScalarType::int16)->Arg(8 << 10);
BENCHMARK_CAPTURE(shared_elements, char, Dbr::char_, pv::ScalarType::uint8)->Arg(8 << 10);

} // namespace
} // namespace iochron::wire::ca
