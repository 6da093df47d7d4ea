// What the counting clients of peers' libraries have in common: their arguments, and the check that every update is the
// one after the last.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

using Clock = std::chrono::steady_clock;

inline double since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr double patience = 120; ///< seconds, for all to be connected and subscribed

/// What a subscription has seen.
struct Counted {
    double last = NAN;
    unsigned long received = 0;

    /// Gives how many were lost before this one.
    unsigned long take(double value)
    {
        unsigned long lost = 0;
        if (received++ > 0 && value != last + 1) {
            lost = value > last ? static_cast<unsigned long>(value - last) - 1 : 1;
        }
        last = value;
        return lost;
    }
};

/// PREFIX PVS MONITORS SECONDS
struct Arguments {
    Arguments(int argc, char** argv)
    {
        if (argc != 5) {
            std::fprintf(stderr, "usage: %s PREFIX PVS MONITORS SECONDS\n", argv[0]);
            std::exit(2);
        }
        prefix = argv[1];
        pvs = std::strtoul(argv[2], nullptr, 10);
        monitors = std::strtoul(argv[3], nullptr, 10);
        seconds = std::atof(argv[4]);
    }
    [[nodiscard]] std::string name(unsigned long pv) const
    {
        char text[80];
        std::snprintf(text, sizeof text, "%s%06lu", prefix.c_str(), pv);
        return text;
    }

    std::string prefix;
    unsigned long pvs = 0;
    unsigned long monitors = 0;
    double seconds = 0;
};

/// What came within the time, from half a second on.
struct Measured {
    unsigned long received;
    double seconds;
};

/// `updates` grows meanwhile.
template <class Updates>
Measured measure(const Updates& updates, double seconds)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    std::printf("measuring\n");
    std::fflush(stdout);
    const unsigned long before = updates;
    const auto start = Clock::now();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    return {updates - before, since(start)};
}

/// Waits for a line, so that whoever measures this process can look at it before it ends.
[[noreturn]] inline void end()
{
    std::fflush(stdout);
    (void)std::getchar();
    _Exit(0); // libca's orderly end of a million subscriptions takes minutes
}
