#include "server/ca/beacon.h"

#include <gtest/gtest.h>

#include <vector>

namespace iochron::server::ca {
namespace {

using namespace std::chrono_literals;

TEST(BeaconSchedule, DoublesUpToThePeriod)
{
    const base::Steady start{100s};
    BeaconSchedule schedule(15s, start);
    std::vector<base::Duration> gaps;
    base::Steady now = start;
    for (std::uint32_t id = 0; id < 13; ++id) {
        EXPECT_EQ(schedule.due(), now);
        EXPECT_EQ(schedule.send(now), id);
        gaps.push_back(schedule.due() - now);
        now = schedule.due();
    }
    EXPECT_EQ(gaps, (std::vector<base::Duration>{20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1280ms, 2560ms, 5120ms, 10240ms,
                                                 15s, 15s, 15s}));
}

TEST(BeaconSchedule, DoesNotCatchUpAfterAStall)
{
    BeaconSchedule schedule(1s, base::Steady{0s});
    schedule.send(base::Steady{60s});
    EXPECT_EQ(schedule.due(), base::Steady{60s});
    schedule.send(base::Steady{60s});
    EXPECT_GT(schedule.due(), base::Steady{60s});
}

TEST(BeaconSchedule, RestartBeginsTheRampAndKeepsTheIds)
{
    BeaconSchedule schedule(15s, base::Steady{0s});
    for (int i = 0; i < 20; ++i) {
        schedule.send(schedule.due());
    }
    schedule.restart(base::Steady{1h});
    EXPECT_EQ(schedule.due(), base::Steady{1h});
    EXPECT_EQ(schedule.send(base::Steady{1h}), 20u);
    EXPECT_EQ(schedule.due(), base::Steady{1h} + 20ms);
}

} // namespace
} // namespace iochron::server::ca
