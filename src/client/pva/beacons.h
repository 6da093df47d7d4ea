#pragma once

#include "base/log.h"
#include "client/pva/beacon_table.h"
#include "client/pva/settings.h"
#include "reactor/shard.h"
#include "reactor/udp.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace iochron::client::pva {

/// Hears the beacons of servers on the port that all processes of the host share (EPICS_PVA_BROADCAST_PORT). A search
/// that came here as a unicast was meant for the servers of this host: it is handed on to them, as PVXS' clients do.
/// Thread: shard
class Beacons {
  public:
    /// `appeared` is called for each server that is new or was started anew. Where the port cannot be had nothing is
    /// heard, which is logged.
    Beacons(reactor::Shard& shard, const Settings& settings, base::Log& log, std::function<void()> appeared);
    Beacons(const Beacons&) = delete;
    Beacons& operator=(const Beacons&) = delete;

    /// Where it hears; nothing where it does not.
    [[nodiscard]] std::vector<base::Endpoint> local() const;

  private:
    void listen(base::Ipv4 address, std::uint16_t port, base::Log& log);
    void receive(std::span<const reactor::Datagram> datagrams);
    void receive(const reactor::Datagram& datagram);
    void hand_on(base::Reader& reader, base::Endpoint from);

    reactor::Shard& shard_;
    std::function<void()> appeared_;
    BeaconTable table_;
    std::vector<std::unique_ptr<reactor::UdpSocket>> sockets_;
    std::unique_ptr<reactor::UdpSocket> hand_on_;
    std::vector<std::byte> bytes_;
};

} // namespace iochron::client::pva
