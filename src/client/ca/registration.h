#pragma once

#include "base/log.h"
#include "client/ca/settings.h"
#include "reactor/detached_process.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"

namespace iochron::client::ca {

/// Keeps a socket registered at the host's repeater, by way of which beacons come, and starts a repeater where none
/// answers, as libca does.
/// Thread: shard
class Registration {
  public:
    /// The socket outlives it.
    Registration(reactor::Shard& shard, const Settings& settings, reactor::UdpSocket& socket, base::Log& log);
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    /// The repeater has answered.
    void confirmed() { confirmed_ = true; }
    [[nodiscard]] bool is_confirmed() const { return confirmed_; }
    /// A beacon has come: the repeater lives.
    void heard_beacon(base::Steady now) { last_beacon_ = now; }

  private:
    void ask();
    void start_repeater();

    reactor::Shard& shard_;
    const Settings& settings_;
    reactor::UdpSocket& socket_;
    base::Log& log_;
    reactor::Timer timer_; ///< of the next registration
    bool confirmed_ = false;
    int asked_ = 0;
    base::Steady last_beacon_{};
    reactor::DetachedProcess started_; ///< a repeater that may end before us
};

} // namespace iochron::client::ca
