#include "client/pva/destinations.h"

#include "reactor/interfaces.h"
#include "reactor/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace iochron::client::pva {
namespace {

/// The broadcasts of the interfaces, or of those that are named; loopback where there is no other.
std::vector<Destination> automatic(const Settings& settings)
{
    std::vector<Destination> destinations;
    auto interfaces = reactor::interfaces();
    std::erase_if(interfaces, [&](const reactor::Interface& interface) {
        const bool unnamed = !settings.interfaces.empty() &&
                             std::ranges::find(settings.interfaces, interface.address) == settings.interfaces.end();
        return interface.loopback || unnamed;
    });
    for (const base::Ipv4 address : reactor::broadcast_addresses(interfaces)) {
        destinations.push_back({{address, settings.search_port}, false});
    }
    if (interfaces.empty()) {
        destinations.push_back({{base::ipv4_loopback, settings.search_port}, true});
    }
    return destinations;
}

bool is_broadcast(const base::Ipv4 address)
{
    return address == base::ipv4_broadcast ||
           std::ranges::any_of(reactor::interfaces(),
                               [&](const reactor::Interface& interface) { return interface.broadcast == address; });
}

} // namespace

void find_destinations(reactor::Shard& shard, const Settings& settings, base::Log& log,
                       std::move_only_function<void(std::vector<Destination>)> done)
{
    std::string list;
    for (const Host& host : settings.address_list) {
        list += fmt::format("{}:{} ", host.name, host.port);
    }
    std::vector<Destination> found;
    if (settings.auto_address_list) {
        found = automatic(settings);
    }
    reactor::resolve(
        shard, list, settings.search_port,
        [&log, found = std::move(found), done = std::move(done)](const reactor::Resolved& resolved) mutable {
            for (const std::string& problem : resolved.problems) {
                log.warning("pva.client.address", "EPICS_PVA_ADDR_LIST: {}", problem);
            }
            for (const base::Endpoint& endpoint : resolved.endpoints) {
                found.push_back({endpoint, !is_broadcast(endpoint.address) && !endpoint.address.multicast()});
            }
            done(std::move(found));
        });
}

} // namespace iochron::client::pva
