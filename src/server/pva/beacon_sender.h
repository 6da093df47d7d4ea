#pragma once

#include "base/log.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"
#include "server/pva/settings.h"
#include "wire/pva/search.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::pva {

/// Sends a server's beacons: one at once, 10 at the period, then one every 180 s (PVXS).
/// Thread: shard
class BeaconSender {
  public:
    /// Names in the list of destinations are looked up meanwhile; what cannot be found is logged.
    static std::expected<std::unique_ptr<BeaconSender>, std::string> open(reactor::Shard& shard,
                                                                          const Settings& settings,
                                                                          std::uint16_t tcp_port,
                                                                          const wire::pva::Guid& guid, base::Log& log);

    [[nodiscard]] const std::vector<base::Endpoint>& destinations() const { return *destinations_; }

  private:
    BeaconSender(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port, const wire::pva::Guid& guid,
                 base::Log& log);
    void send();

    reactor::Shard& shard_;
    base::Log& log_;
    base::Duration period_;
    wire::pva::Beacon beacon_;
    unsigned sent_ = 0;
    std::unique_ptr<reactor::UdpSocket> socket_;
    /// Shared with the look-up of names, which may end after this.
    std::shared_ptr<std::vector<base::Endpoint>> destinations_;
    reactor::Timer timer_;
};

} // namespace iochron::server::pva
