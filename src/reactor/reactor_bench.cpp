// What the reactor costs: bytes over one TcpStream on loopback, echoes, hand-over between threads, and how late timers
// are beside a bare timerfd in the same process.
#include "reactor/echo_connection.h"
#include "reactor/mailbox.h"
#include "reactor/tcp.h"
#include "reactor/timer.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>

#include <sys/timerfd.h>
#include <unistd.h>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;
using base::Steady;

constexpr std::size_t backlog = 4u << 20;

/// Counts what it receives, for another thread to see.
class CountingConnection : public ListeningConnection {
  public:
    CountingConnection(base::BlockPool& pool, Seen& seen, std::atomic<std::uint64_t>& bytes)
        : ListeningConnection(pool, seen), bytes_(bytes)
    {}
    void received(std::span<const std::byte> bytes, Steady) override
    {
        bytes_.store(bytes_.load(std::memory_order_relaxed) + bytes.size(), std::memory_order_relaxed);
    }

  private:
    std::atomic<std::uint64_t>& bytes_;
};

/// Keeps 4 MB of frames in the output of a stream, in slices of 256 KiB, as a scan list does.
class FrameMaker : public Work {
  public:
    FrameMaker(TcpStream& stream, std::size_t frame) : stream_(stream), frame_(frame, std::byte{'f'}) {}
    Steady next_deadline() override { return full() ? Steady::max() : Steady{}; }
    bool advance(Steady) override
    {
        base::Output& output = stream_.connection().output();
        for (std::size_t made = 0; made < (256u << 10); made += frame_.size()) {
            std::memcpy(output.grow(frame_.size()), frame_.data(), frame_.size());
            stream_.flush_if_large();
        }
        stream_.touch();
        return !full();
    }

  private:
    [[nodiscard]] bool full() const { return stream_.connection().output().size() >= backlog; }
    TcpStream& stream_;
    std::vector<std::byte> frame_;
};

/// Frames of range(0) bytes from one shard to another over loopback.
void stream_frames(benchmark::State& state)
{
    Shard server({.name = "server", .cpu = 0});
    Shard client({.name = "client", .cpu = 1});
    base::SilentLog log;
    Seen seen;
    Seen client_seen;
    TcpStreams served(server, {.congestion = state.range(1) != 0 ? "cubic" : "bbr"});
    TcpStreams clients(client);
    std::unique_ptr<FrameMaker> maker;
    std::atomic<std::uint64_t> bytes = 0;
    auto listener = TcpListener::open(
        served, {.addresses = {base::ipv4_loopback}},
        [&](TcpStream& stream) {
            maker = std::make_unique<FrameMaker>(stream, static_cast<std::size_t>(state.range(0)));
            server.add(*maker);
            return std::make_unique<ListeningConnection>(server.pool(), seen);
        },
        log);
    const base::Endpoint to{base::ipv4_loopback, (*listener)->port()};
    server.start();
    TcpConnect connect(
        clients, to, 5s,
        [&](TcpStream&) { return std::make_unique<CountingConnection>(client.pool(), client_seen, bytes); },
        [](const std::string&) {});
    constexpr std::uint64_t per_iteration = 64u << 20;
    for (auto _ : state) {
        const std::uint64_t target = bytes + per_iteration;
        client.run_until(base::never, [&] { return bytes >= target; });
    }
    server.stop();
    server.join();
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * per_iteration));
    state.counters["frames/s"] = benchmark::Counter(static_cast<double>(state.iterations() * per_iteration) /
                                                        static_cast<double>(state.range(0)),
                                                    benchmark::Counter::kIsRate);
    server.remove(*maker);
}
BENCHMARK(stream_frames)
    ->ArgNames({"frame", "cubic"})
    ->Args({64, 1})
    ->Args({65536, 1})
    ->Args({65536, 0})
    ->UseRealTime();

/// One byte there and back between two shards: each wakes the other from sleep.
void echo(benchmark::State& state)
{
    Shard server({.name = "server", .cpu = 0});
    Shard client({.name = "client", .cpu = 1});
    base::SilentLog log;
    Seen seen;
    Seen client_seen;
    TcpStreams served(server);
    TcpStreams clients(client);
    auto listener = TcpListener::open(
        served, {.addresses = {base::ipv4_loopback}},
        [&](TcpStream&) { return std::make_unique<EchoConnection>(server.pool(), seen); }, log);
    const base::Endpoint to{base::ipv4_loopback, (*listener)->port()};
    server.start();
    TcpStream* stream = nullptr;
    std::atomic<std::uint64_t> bytes = 0;
    TcpConnect connect(
        clients, to, 5s,
        [&](TcpStream& made) {
            stream = &made;
            return std::make_unique<CountingConnection>(client.pool(), client_seen, bytes);
        },
        [](const std::string&) {});
    client.run_until(base::never, [&] { return stream != nullptr; });
    for (auto _ : state) {
        const std::uint64_t target = bytes + 1;
        static_cast<EchoConnection&>(stream->connection()).say("e");
        stream->touch();
        client.run_until(base::never, [&] { return bytes == target; });
    }
    server.stop();
    server.join();
}
BENCHMARK(echo)->UseRealTime();

std::uint64_t resident_bytes()
{
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Memory of a thousand connections, both ends in this process, that have each said something and are idle.
void idle_connections(benchmark::State& state)
{
    constexpr std::size_t count = 1000;
    for (auto _ : state) {
        Shard shard;
        base::SilentLog log;
        Seen seen;
        Seen client_seen;
        TcpStreams served(shard);
        TcpStreams clients(shard);
        auto listener = TcpListener::open(
            served, {.addresses = {base::ipv4_loopback}},
            [&](TcpStream&) { return std::make_unique<EchoConnection>(shard.pool(), seen); }, log);
        const base::Endpoint to{base::ipv4_loopback, (*listener)->port()};
        const std::uint64_t before = resident_bytes();
        for (std::size_t i = 0; i < count; ++i) {
            const TcpConnect connect(
                clients, to, 5s,
                [&](TcpStream&) {
                    auto made = std::make_unique<ListeningConnection>(shard.pool(), client_seen);
                    made->say("hello");
                    return made;
                },
                [](const std::string&) {});
            shard.run_until(base::never, [&] { return client_seen.received.size() == (i + 1) * 5; });
        }
        state.counters["bytes_each"] = static_cast<double>(resident_bytes() - before) / (2 * count);
    }
}
BENCHMARK(idle_connections)->Iterations(1)->Unit(benchmark::kMillisecond);

/// Things of 32 bytes handed to another shard in batches of range(0).
void hand_over(benchmark::State& state)
{
    using Thing = std::array<std::uint64_t, 4>;
    constexpr std::uint64_t per_iteration = 1u << 16;
    Shard reader({.name = "reader", .cpu = 1});
    std::atomic<std::uint64_t> received = 0;
    Mailbox<Thing> box(reader, [&](std::span<Thing> batch) {
        received.store(received.load(std::memory_order_relaxed) + batch.size(), std::memory_order_release);
    });
    reader.start();
    std::uint64_t sent = 0;
    for (auto _ : state) {
        for (std::uint64_t i = 0; i < per_iteration;) {
            std::vector<Thing> batch;
            batch.reserve(static_cast<std::size_t>(state.range(0)));
            for (std::int64_t k = 0; k < state.range(0); ++k) {
                batch.push_back({i++});
            }
            sent += batch.size();
            box.send(std::move(batch));
        }
        while (received.load(std::memory_order_acquire) < sent) {
            std::this_thread::yield();
        }
    }
    reader.stop();
    reader.join();
    state.SetItemsProcessed(static_cast<std::int64_t>(sent));
}
BENCHMARK(hand_over)->Arg(1)->Arg(64)->Arg(1024)->UseRealTime();

void report(benchmark::State& state, std::vector<double>& late_us)
{
    std::sort(late_us.begin(), late_us.end());
    state.counters["p50_us"] = late_us[late_us.size() / 2];
    state.counters["p99_us"] = late_us[late_us.size() * 99 / 100];
    state.counters["max_us"] = late_us.back();
}

double microseconds(base::Duration duration)
{
    return std::chrono::duration<double, std::micro>(duration).count();
}

constexpr int ticks = 2000;

/// How late the calls of a 1 kHz Timer are; range(0): while a Work always has more.
void timer_lateness(benchmark::State& state)
{
    class Busy : public Work {
      public:
        Steady next_deadline() override { return {}; }
        bool advance(Steady now) override
        {
            while (std::chrono::steady_clock::now() - now < 500us) {
            }
            return true;
        }
    };
    std::vector<double> late_us;
    for (auto _ : state) {
        Shard shard;
        Busy busy;
        if (state.range(0) != 0) {
            shard.add(busy);
        }
        Timer timer(shard);
        Steady next = shard.now() + 1ms;
        int left = ticks;
        timer.at(next, [&] {
            late_us.push_back(microseconds(shard.refresh() - next));
            --left;
            while (next <= shard.now()) { // whole periods that were missed are skipped, as a scan does
                next += 1ms;
            }
            timer.at(next);
        });
        shard.run_until(base::never, [&] { return left == 0; });
    }
    report(state, late_us);
}
BENCHMARK(timer_lateness)->ArgName("busy")->Arg(0)->Arg(1)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

/// The control: what the machine gives to a thread that only reads a timerfd.
void timerfd_lateness(benchmark::State& state)
{
    std::vector<double> late_us;
    for (auto _ : state) {
        const int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
        Steady next = std::chrono::steady_clock::now() + 1ms;
        const auto ns = next.time_since_epoch().count();
        const itimerspec spec{{0, 1'000'000}, {ns / 1'000'000'000, ns % 1'000'000'000}};
        timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &spec, nullptr);
        for (int left = ticks; left > 0;) {
            std::uint64_t expired = 0;
            if (::read(descriptor, &expired, sizeof expired) != sizeof expired) {
                continue;
            }
            const Steady now = std::chrono::steady_clock::now();
            for (; expired > 0; --expired, --left, next += 1ms) {
                late_us.push_back(microseconds(now - next));
            }
        }
        ::close(descriptor);
    }
    report(state, late_us);
}
BENCHMARK(timerfd_lateness)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace iochron::reactor
