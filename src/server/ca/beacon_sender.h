#pragma once

#include "base/log.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"
#include "server/ca/beacon.h"
#include "server/ca/settings.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::ca {

/// Sends a server's beacons to the repeaters of all hosts, as the schedule says.
/// Thread: shard
class BeaconSender {
  public:
    /// Names in the list of destinations are looked up meanwhile; what cannot be found is logged.
    static std::expected<std::unique_ptr<BeaconSender>, std::string>
    open(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port, base::Log& log);
    ~BeaconSender();

    [[nodiscard]] const std::vector<base::Endpoint>& destinations() const { return *destinations_; }

  private:
    BeaconSender(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port, base::Log& log);
    void send();

    reactor::Shard& shard_;
    base::Log& log_;
    std::uint16_t tcp_port_;
    BeaconSchedule schedule_;
    std::unique_ptr<reactor::UdpSocket> socket_;
    /// Shared with the look-up of names, which may end after this.
    std::shared_ptr<std::vector<base::Endpoint>> destinations_;
    reactor::Timer timer_;
};

} // namespace iochron::server::ca
