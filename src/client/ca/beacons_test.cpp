#include "client/ca/beacons.h"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using iochron::base::Endpoint;
using iochron::base::Steady;
using iochron::client::ca::BeaconNews;
using iochron::client::ca::Beacons;

namespace {

constexpr Steady start{1h};
const Endpoint server{{0x0a000007}, 5064};

/// A server whose beacons came steadily, every 15 s, the last one with id 9.
struct Steadily : testing::Test {
    Steadily()
    {
        for (std::uint32_t id = 0; id < 10; ++id) {
            now += 15s;
            last = beacons.heard(server, id, now);
        }
    }
    Beacons beacons{start, 100};
    Steady now = start;
    BeaconNews last{};
};

using CaBeacons = Steadily;

} // namespace

TEST_F(CaBeacons, SteadyOnesShowThatTheServerLives)
{
    EXPECT_EQ(last, BeaconNews::healthy);
}

TEST_F(CaBeacons, DuplicatesAndSmallJumpsTellNothing)
{
    EXPECT_EQ(beacons.heard(server, 9, now + 1ms), BeaconNews::nothing);
    EXPECT_EQ(beacons.heard(server, 8, now + 1ms), BeaconNews::nothing);
    EXPECT_EQ(beacons.heard(server, 11, now + 15s), BeaconNews::nothing);
}

TEST_F(CaBeacons, AnEarlyOneIsARestart)
{
    EXPECT_EQ(beacons.heard(server, 0xffff0000, now + 2s), BeaconNews::anomaly);
}

TEST_F(CaBeacons, ALongGapIsAnAnomalyAndAShortOneOnlyLate)
{
    EXPECT_EQ(beacons.heard(server, 10, now + 20s), BeaconNews::late);
    EXPECT_EQ(beacons.heard(server, 11, now + 20s + 80s), BeaconNews::anomaly);
}

TEST(CaBeaconsOfNewServers, AreToldFromThoseThatWereThereBefore)
{
    Beacons beacons{start, 100};
    beacons.heard(server, 0, start + 5s);
    EXPECT_EQ(beacons.heard(server, 1, start + 5s + 20ms), BeaconNews::new_server);

    const Endpoint old{{0x0a000008}, 5064}; // 15 s apart: it ran before we did
    beacons.heard(old, 100, start + 6s);
    EXPECT_EQ(beacons.heard(old, 101, start + 21s), BeaconNews::nothing);

    const Endpoint connected{{0x0a000009}, 5064};
    beacons.connected(connected);
    beacons.heard(connected, 0, start + 5s);
    EXPECT_EQ(beacons.heard(connected, 1, start + 5s + 20ms), BeaconNews::nothing);
}

TEST(CaBeaconsOfManyServers, AreForgottenOldestFirst)
{
    Beacons beacons{start, 10};
    for (std::uint32_t i = 0; i < 1000; ++i) {
        beacons.heard({{i}, 5064}, 0, start + i * 1ms);
    }
    EXPECT_EQ(beacons.size(), 10u);
}
