#pragma once

#include "base/log.h"
#include "reactor/shard.h"
#include "reactor/udp.h"
#include "server/pva/search.h"
#include "server/pva/settings.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::pva {

/// The UDP sockets on which a server hears searches, and answers them. They share their port with other servers and
/// clients of the host.
/// Thread: shard
class SearchSockets {
  public:
    /// `tcp_port` is what the answers tell. Fails where not a single address can be served.
    static std::expected<std::unique_ptr<SearchSockets>, std::string> open(reactor::Shard& shard,
                                                                           const Settings& settings,
                                                                           SearchResponder& responder,
                                                                           std::uint16_t tcp_port, base::Log& log);

    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    SearchSockets(SearchResponder& responder, const Settings& settings, std::uint16_t tcp_port);
    std::expected<void, std::string> listen(reactor::Shard& shard, const reactor::UdpSettings& settings,
                                            bool handed_on);
    void join_host(reactor::Shard& shard, base::Log& log);
    void received(std::span<const reactor::Datagram> datagrams, std::size_t socket, bool handed_on);

    SearchResponder& responder_;
    std::vector<base::Ipv4> ignored_;
    std::uint16_t tcp_port_;
    std::uint16_t port_;
    std::vector<std::unique_ptr<reactor::UdpSocket>> sockets_;
    std::unique_ptr<reactor::UdpSocket> hand_on_; ///< null where there is no multicast on the loopback interface
};

} // namespace iochron::server::pva
