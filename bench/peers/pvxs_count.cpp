// A counting client on PVXS, for comparisons: monitors N PVs M times each, checks that every update is the one after
// the last, and prints what it saw as one JSON object, after the line "measuring". Works on counts of any number type.
//
// Built by run.py against the headers and libraries of the Python packages pvxslibs and epicscorelibs.
#include <pvxs/client.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Counted {
    double last = NAN;
    unsigned long received = 0;
};

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
            if (counted.received++ == 0) {
                ++heard;
            } else if (value != counted.last + 1) {
                lost += value > counted.last ? static_cast<unsigned long>(value - counted.last) - 1 : 1;
            }
            counted.last = value;
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
    if (argc != 5) {
        std::fprintf(stderr, "usage: pvxs_count PREFIX PVS MONITORS SECONDS\n");
        return 2;
    }
    const std::string prefix = argv[1];
    const unsigned long pvs = std::strtoul(argv[2], nullptr, 10);
    const unsigned long monitors = std::strtoul(argv[3], nullptr, 10);
    const double seconds = std::atof(argv[4]);
    constexpr double patience = 120;
    constexpr unsigned queue = 64; // of each monitor, on both sides; PVXS' own default of 4 loses more

    pvxs::client::Context context = pvxs::client::Context::fromEnv();
    std::vector<Counted> counted(pvs * monitors);
    std::vector<std::shared_ptr<pvxs::client::Subscription>> subscriptions;
    const auto subscribing = Clock::now();
    for (unsigned long i = 0; i < counted.size(); ++i) {
        char name[80];
        std::snprintf(name, sizeof name, "%s%06lu", prefix.c_str(), i % pvs);
        subscriptions.push_back(
            context.monitor(name)
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

    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    std::printf("measuring\n");
    std::fflush(stdout);
    const unsigned long before = updates;
    const auto measuring = Clock::now();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const unsigned long received = updates - before;
    const double measured = since(measuring);
    std::printf("{\"subscribe s\": %.3f, \"silent\": %lu, \"updates/s\": %.0f, \"lost\": %lu, \"seconds\": %.3f}\n",
                subscribe_s, silent, static_cast<double>(received) / measured, lost.load(), measured);
    std::fflush(stdout);
    (void)std::getchar(); // so that whoever measures this process can look at it before it ends
    _Exit(0);
}
