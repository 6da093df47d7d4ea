#pragma once

#include "base/endpoint.h"
#include "base/time.h"
#include "wire/ca/beacon.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace iochron::client::ca {

/// What a beacon tells.
enum class BeaconNews : std::uint8_t {
    nothing,    ///< a duplicate, or not enough is known yet
    healthy,    ///< the server lives: its circuit need not be asked
    late,       ///< beacons were lost or the server was busy: a beacon is no sign of life now
    anomaly,    ///< the server was away or has restarted: names that wait should be searched, its circuit be asked
    new_server, ///< one that came up while we ran
};

/// The server of a beacon: an old one leaves out its port, and only a repeater fills in the address.
[[nodiscard]] base::Endpoint server_of(const wire::ca::Beacon& beacon, base::Ipv4 from, std::uint16_t default_port);

/// The servers that are heard of by their beacons, and when they were last. The rules are libca's (bhe.cpp): the
/// beacon's id must advance by one, and the gap must be near the average of those before.
/// Thread: shard
class Beacons {
  public:
    Beacons(base::Steady start, std::size_t most_servers) : start_(start), most_servers_(most_servers) {}

    /// A server with which there is a circuit: its first beacon is no news.
    void connected(const base::Endpoint& server);
    BeaconNews heard(const base::Endpoint& server, std::uint32_t id, base::Steady now);

    /// Of the beacons of a server that was heard of: the average gap, zero before the second, and the last one.
    struct Gap {
        base::Duration average{};
        base::Duration last{};
    };
    [[nodiscard]] Gap gap(const base::Endpoint& server) const;

    [[nodiscard]] std::size_t size() const { return servers_.size(); }

  private:
    struct Server {
        std::uint32_t id = 0;
        bool heard = false;
        base::Steady last{};
        base::Duration average{}; ///< of the gaps; zero until the second beacon
        base::Duration gap{};     ///< the last one
        base::Steady first{};     ///< when first heard; never set where it was connected before
        bool known_by_circuit = false;
    };

    BeaconNews judge(Server& server, base::Duration gap);
    void make_room();

    base::Steady start_;
    std::size_t most_servers_;
    std::unordered_map<base::Endpoint, Server> servers_;
};

} // namespace iochron::client::ca
