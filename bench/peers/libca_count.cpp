// A counting client on the peer's own libca, for comparisons: connects N channels, subscribes M times to each
// (DBR_TIME_DOUBLE), checks that every update is the one after the last, and prints what it saw as one JSON object,
// after the line "measuring". With 0 monitors it gets the first channel's value again and again instead.
//
// Built by run.py against the headers and libraries of the Python package epicscorelibs.
#include "count.h"

#include <cadef.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

unsigned long connected = 0; // all touched by libca's callbacks alone, one at a time per circuit
unsigned long heard = 0;
unsigned long updates = 0;
unsigned long lost = 0;

void on_connection(connection_handler_args arguments)
{
    connected += arguments.op == CA_OP_CONN_UP;
}

void on_update(event_handler_args arguments)
{
    auto& counted = *static_cast<Counted*>(arguments.usr);
    if (arguments.status != ECA_NORMAL) {
        return;
    }
    const double value = static_cast<const dbr_time_double*>(arguments.dbr)->value;
    ++updates;
    heard += counted.received == 0;
    lost += counted.take(value);
}

/// Waits until `count` has reached `wanted`; the seconds it took, or -1.
double wait_for(const volatile unsigned long& count, unsigned long wanted)
{
    const auto start = Clock::now();
    while (count < wanted) {
        if (since(start) > patience) {
            return -1;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return since(start);
}

std::atomic<bool> answered{false};

void on_get(event_handler_args)
{
    answered.store(true, std::memory_order_release);
}

/// The median time of a get in us, of as many as go into `seconds`.
double get_us(chid channel, double seconds)
{
    std::vector<double> times;
    for (const auto start = Clock::now(); since(start) < seconds;) {
        const auto asked = Clock::now();
        answered.store(false, std::memory_order_relaxed);
        ca_array_get_callback(DBR_TIME_DOUBLE, 1, channel, on_get, nullptr);
        ca_flush_io();
        while (!answered.load(std::memory_order_acquire)) {
            std::this_thread::yield();
        }
        times.push_back(since(asked) * 1e6);
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments asked(argc, argv);
    const unsigned long pvs = asked.pvs;

    ca_context_create(ca_enable_preemptive_callback);
    std::vector<chid> channels(pvs);
    const auto start = Clock::now();
    for (unsigned long i = 0; i < pvs; ++i) {
        ca_create_channel(asked.name(i).c_str(), on_connection, nullptr, CA_PRIORITY_DEFAULT, &channels[i]);
    }
    ca_flush_io();
    if (wait_for(connected, pvs) < 0) {
        std::fprintf(stderr, "libca_count: only %lu of %lu channels connected\n", connected, pvs);
        return 1;
    }
    const double connect_s = since(start);

    if (asked.monitors == 0) {
        std::printf("measuring\n");
        std::fflush(stdout);
        std::printf("{\"connect s\": %.3f, \"get us\": %.1f, \"seconds\": %.3f}\n", connect_s,
                    get_us(channels[0], asked.seconds), asked.seconds);
        end();
    }

    std::vector<Counted> subscriptions(pvs * asked.monitors);
    const auto subscribing = Clock::now();
    for (unsigned long i = 0; i < subscriptions.size(); ++i) {
        ca_create_subscription(DBR_TIME_DOUBLE, 1, channels[i % pvs], DBE_VALUE | DBE_ALARM, on_update,
                               &subscriptions[i], nullptr);
    }
    ca_flush_io();
    if (wait_for(heard, subscriptions.size()) < 0) {
        std::fprintf(stderr, "libca_count: only %lu of %zu subscriptions heard\n", heard, subscriptions.size());
        return 1;
    }
    const double subscribe_s = since(subscribing);

    const Measured measured = measure(updates, asked.seconds);
    std::printf("{\"connect s\": %.3f, \"subscribe s\": %.3f, \"updates/s\": %.0f, \"lost\": %lu, "
                "\"seconds\": %.3f}\n",
                connect_s, subscribe_s, static_cast<double>(measured.received) / measured.seconds, lost,
                measured.seconds);
    end();
}
