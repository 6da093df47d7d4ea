// A counting client on PVXS, for comparisons: monitors N PVs M times each, checks that every update is the one after
// the last, and prints what it saw as one JSON object, after the line "measuring". Works on counts of any number type.
//
// Built by run.py against the headers and libraries of the Python packages pvxslibs and epicscorelibs.
#include "count.h"

#include <pvxs/client.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

namespace {

std::atomic<unsigned long> heard{0}; // all written by PVXS' one thread of callbacks
std::atomic<unsigned long> updates{0};
std::atomic<unsigned long> lost{0};
std::atomic<unsigned long> failed{0};

void take(pvxs::client::Subscription& subscription, Counted& counted)
{
    while (true) {
        try {
            const pvxs::Value update = subscription.pop();
            if (!update) {
                return;
            }
            const double value = update["value"].as<double>();
            heard += counted.received == 0;
            lost += counted.take(value);
            ++updates;
        } catch (const std::exception& problem) {
            if (++failed == 1) {
                std::fprintf(stderr, "pvxs_count: %s\n", problem.what());
            }
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments asked(argc, argv);
    constexpr unsigned queue = 64; // of each monitor, on both sides; PVXS' own default of 4 loses more

    pvxs::client::Context context = pvxs::client::Context::fromEnv();
    std::vector<Counted> counted(asked.pvs * asked.monitors);
    std::vector<std::shared_ptr<pvxs::client::Subscription>> subscriptions;
    const auto subscribing = Clock::now();
    for (unsigned long i = 0; i < counted.size(); ++i) {
        subscriptions.push_back(
            context.monitor(asked.name(i % asked.pvs))
                .record("queueSize", queue)
                .event([&counted, i](pvxs::client::Subscription& subscription) { take(subscription, counted[i]); })
                .exec());
    }
    context.hurryUp();
    while (heard < counted.size() && since(subscribing) < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const double subscribe_s = since(subscribing);
    const unsigned long silent = counted.size() - heard;

    const Measured measured = measure(updates, asked.seconds);
    std::printf("{\"subscribe s\": %.3f, \"silent\": %lu, \"updates/s\": %.0f, \"lost\": %lu, \"seconds\": %.3f}\n",
                subscribe_s, silent, static_cast<double>(measured.received) / measured.seconds, lost.load(),
                measured.seconds);
    end();
}
