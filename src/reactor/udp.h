#pragma once

#include "base/endpoint.h"
#include "base/limits.h"
#include "reactor/shard.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace iochron::reactor {

struct Datagram {
    base::Endpoint from;
    std::span<const std::byte> bytes; ///< good within the call only
};

struct UdpSettings {
    base::Endpoint bind{}; ///< port 0: any
    /// SO_REUSEADDR and SO_REUSEPORT: several processes of this host may bind one port. All get broadcasts and
    /// multicasts; a unicast goes to one of them.
    bool share_port = false;
    bool broadcast = false; ///< may send to broadcast addresses
    struct Group {
        base::Ipv4 group;
        base::Ipv4 interface; ///< its address; any: the system's choice
    };
    std::vector<Group> groups{}; ///< multicast groups to receive
    base::Ipv4 multicast_from{}; ///< interface that multicasts leave by; any: the system's choice
    bool multicast_loop = true;  ///< processes of this host receive our multicasts
    int multicast_ttl = 1;
    std::size_t datagrams_per_turn = base::Limits{}.datagrams_per_turn;
};

/// A UDP socket. What comes is handed over in batches of up to 32 datagrams, at most datagrams_per_turn before others
/// have their turn. Errors that earlier datagrams met on their way (ICMP "port unreachable") are ignored.
/// Thread: shard
class UdpSocket {
  public:
    /// May send, and may destroy the socket.
    using Receive = std::move_only_function<void(std::span<const Datagram>)>;

    /// The text says what is wrong and what helps.
    static std::expected<std::unique_ptr<UdpSocket>, std::string> open(Shard& shard, const UdpSettings& settings,
                                                                       Receive receive);
    ~UdpSocket();

    /// Never blocks. The error is in words; "the network takes no more at present" is one. UDP loses datagrams anyway,
    /// so most senders count the failure and send again later.
    std::expected<void, std::string> send(base::Endpoint to, std::span<const std::byte> bytes);
    /// A further group to receive, on the interface with this address.
    std::expected<void, std::string> join(const UdpSettings::Group& group);

    [[nodiscard]] base::Endpoint local() const;

  private:
    struct Io;
    explicit UdpSocket(std::shared_ptr<Io> io);
    std::shared_ptr<Io> io_;
};

} // namespace iochron::reactor
