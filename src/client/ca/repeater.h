#pragma once

#include "base/endpoint.h"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace iochron::client::ca {

/// What a Repeater asks of the host it runs on.
/// Thread: shard
class RepeaterHost {
  public:
    virtual ~RepeaterHost() = default;
    /// True for an address of this host.
    [[nodiscard]] virtual bool is_own(base::Ipv4 address) = 0;
    /// True when a process of this host holds the UDP port.
    [[nodiscard]] virtual bool holds(std::uint16_t port) = 0;
};

/// Passes the beacons that a host receives at its one repeater port on to all CA clients of the host. Datagrams in,
/// datagrams out. A client is known by its port, as to caRepeater.
/// Thread: shard
class Repeater {
  public:
    using Send = std::function<void(const base::Endpoint& to, std::span<const std::byte> bytes)>;
    static constexpr std::size_t most_clients = 1024;

    Repeater(RepeaterHost& host, Send send);

    /// Registrations (an empty datagram or REPEATER_REGISTER) from this host are confirmed; one client too many is
    /// not. A beacon goes to all clients but its sender, with the sender's address where it has none. The rest is
    /// dropped.
    void take(const base::Endpoint& from, std::span<const std::byte> bytes);
    /// Forgets the clients whose port nobody holds; done for each new client too.
    void forget_gone();

    [[nodiscard]] std::size_t clients() const { return clients_.size(); }

  private:
    void enter(const base::Endpoint& client);
    void forward(const base::Endpoint& from, std::span<const std::byte> bytes);

    RepeaterHost& host_;
    Send send_;
    std::vector<base::Endpoint> clients_;
    std::vector<std::byte> datagram_;
};

} // namespace iochron::client::ca
