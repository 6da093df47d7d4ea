#include "reactor/interfaces.h"

#include "reactor/socket.h"

#include <algorithm>
#include <memory>

#include <ifaddrs.h>
#include <net/if.h>

namespace iochron::reactor {
namespace {

base::Ipv4 address_of(const sockaddr* address)
{
    if (address == nullptr || address->sa_family != AF_INET) {
        return {};
    }
    return to_endpoint(*reinterpret_cast<const sockaddr_in*>(address)).address;
}

} // namespace

std::vector<Interface> interfaces()
{
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) {
        return {};
    }
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
    std::vector<Interface> found;
    for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
        const bool is_ipv4 = entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET;
        if (!is_ipv4 || (entry->ifa_flags & IFF_UP) == 0) {
            continue;
        }
        const bool has_broadcast = (entry->ifa_flags & IFF_BROADCAST) != 0;
        found.push_back({entry->ifa_name, address_of(entry->ifa_addr), address_of(entry->ifa_netmask),
                         has_broadcast ? address_of(entry->ifa_broadaddr) : base::Ipv4{},
                         (entry->ifa_flags & IFF_LOOPBACK) != 0, (entry->ifa_flags & IFF_MULTICAST) != 0});
    }
    return found;
}

std::vector<base::Ipv4> broadcast_addresses(const std::vector<Interface>& interfaces)
{
    std::vector<base::Ipv4> addresses;
    for (const Interface& interface : interfaces) {
        const base::Ipv4 address = interface.broadcast.any() ? interface.address : interface.broadcast;
        if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
            addresses.push_back(address);
        }
    }
    return addresses;
}

} // namespace iochron::reactor
