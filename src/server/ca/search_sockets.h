#pragma once

#include "base/log.h"
#include "reactor/shard.h"
#include "reactor/udp.h"
#include "server/ca/search.h"
#include "server/ca/settings.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::ca {

/// The UDP sockets on which a server hears searches, and answers them. They share their port with other servers of
/// the host: all hear broadcasts and multicasts, a unicast is heard by one of them.
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
    std::expected<reactor::UdpSocket*, std::string> add(reactor::Shard& shard, const reactor::UdpSettings& settings,
                                                        reactor::UdpSocket* answer_from);
    void hear_more(reactor::Shard& shard, const Settings& settings, base::Ipv4 address, reactor::UdpSocket& answer_from,
                   base::Log& log);
    void received(std::span<const reactor::Datagram> datagrams, reactor::UdpSocket& answer_from);

    SearchResponder& responder_;
    std::vector<base::Ipv4> ignored_;
    std::uint16_t tcp_port_;
    std::uint16_t port_;
    std::vector<std::unique_ptr<reactor::UdpSocket>> sockets_;
};

} // namespace iochron::server::ca
