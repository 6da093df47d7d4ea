#include "server/beacon_destinations.h"

#include "reactor/interfaces.h"

#include <algorithm>

namespace iochron::server {

std::vector<base::Endpoint> automatic_beacon_destinations(const std::vector<base::Ipv4>& served, std::uint16_t port)
{
    std::vector<reactor::Interface> interfaces = reactor::interfaces();
    if (!served.empty()) {
        std::erase_if(interfaces, [&](const reactor::Interface& interface) {
            return std::ranges::find(served, interface.address) == served.end();
        });
    }
    std::vector<base::Endpoint> all;
    for (const base::Ipv4 address : reactor::broadcast_addresses(interfaces)) {
        all.push_back({address, port});
    }
    return all;
}

} // namespace iochron::server
