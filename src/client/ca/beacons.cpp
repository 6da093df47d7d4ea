#include "client/ca/beacons.h"

#include <algorithm>

namespace iochron::client::ca {

base::Endpoint server_of(const wire::ca::Beacon& beacon, base::Ipv4 from, std::uint16_t default_port)
{
    return {beacon.address != 0 ? base::Ipv4{beacon.address} : from, beacon.port != 0 ? beacon.port : default_port};
}

void Beacons::connected(const base::Endpoint& server)
{
    if (!servers_.contains(server)) {
        make_room();
        servers_[server].known_by_circuit = true;
    }
}

BeaconNews Beacons::heard(const base::Endpoint& address, std::uint32_t id, base::Steady now)
{
    if (!servers_.contains(address)) {
        make_room();
    }
    Server& server = servers_[address];
    if (!server.heard) {
        server = {.id = id,
                  .heard = true,
                  .last = now,
                  .average = {},
                  .gap = {},
                  .first = now,
                  .known_by_circuit = server.known_by_circuit};
        return BeaconNews::nothing;
    }
    const std::uint32_t advance = id - server.id;
    if (advance == 0 || advance > 0xffffffffu - 256) { // a duplicate, by another route
        return BeaconNews::nothing;
    }
    const base::Duration gap = now - server.last;
    server.id = id;
    server.last = now;
    server.gap = gap;
    if (advance == 2 || advance == 3) { // lost, or a server that counts by route: tells nothing
        return BeaconNews::nothing;
    }
    return judge(server, gap);
}

Beacons::Gap Beacons::gap(const base::Endpoint& server) const
{
    const auto known = servers_.find(server);
    return known != servers_.end() ? Gap{known->second.average, known->second.gap} : Gap{};
}

BeaconNews Beacons::judge(Server& server, base::Duration gap)
{
    if (server.average == base::Duration{}) {
        server.average = gap;
        const bool younger_than_we = gap <= server.first - start_;
        return younger_than_we && !server.known_by_circuit ? BeaconNews::new_server : BeaconNews::nothing;
    }
    const base::Duration average = server.average;
    server.average = (average * 7 + gap) / 8;
    if (gap * 4 >= average * 13 || gap * 5 <= average * 4) {
        return BeaconNews::anomaly;
    }
    return gap * 4 >= average * 5 ? BeaconNews::late : BeaconNews::healthy;
}

// Anyone can send beacons: the table is bounded, and the one that was silent longest goes.
void Beacons::make_room()
{
    if (servers_.size() < most_servers_) {
        return;
    }
    const auto oldest = std::min_element(servers_.begin(), servers_.end(),
                                         [](const auto& a, const auto& b) { return a.second.last < b.second.last; });
    servers_.erase(oldest);
}

} // namespace iochron::client::ca
