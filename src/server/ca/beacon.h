#pragma once

#include "base/time.h"

#include <algorithm>
#include <cstdint>

namespace iochron::server::ca {

/// When the server's beacons are due, and their ids: a ramp from 20 ms that doubles up to the period, so that clients
/// notice a restart soon, then one each period. As rsrv does, but the ids really count.
/// Thread: shard
class BeaconSchedule {
  public:
    static constexpr base::Duration first_interval = std::chrono::milliseconds(20);

    BeaconSchedule(base::Duration period, base::Steady start) : period_(period), due_(start) {}

    [[nodiscard]] base::Steady due() const { return due_; }
    /// The id of the beacon to send now; the next one is planned from when this one was due, or from now if that is
    /// long past.
    std::uint32_t send(base::Steady now)
    {
        due_ = std::max(due_, now - interval_) + interval_;
        interval_ = std::min(interval_ * 2, std::max(period_, first_interval));
        return id_++;
    }
    /// Starts the ramp again; the ids go on. For a server that was paused.
    void restart(base::Steady now)
    {
        interval_ = first_interval;
        due_ = now;
    }

  private:
    base::Duration period_;
    base::Duration interval_ = first_interval;
    base::Steady due_;
    std::uint32_t id_ = 0;
};

} // namespace iochron::server::ca
