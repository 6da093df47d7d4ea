#pragma once

#include "base/endpoint.h"

#include <string>
#include <vector>

namespace iochron::reactor {

/// One IPv4 address of an interface that is up; an interface may have several.
struct Interface {
    std::string name{};
    base::Ipv4 address{};
    base::Ipv4 mask{};
    base::Ipv4 broadcast{}; ///< any where it has none (loopback, point-to-point)
    bool loopback = false;
    bool multicast = false;
};

/// As the system lists them now. Empty when it lists none.
[[nodiscard]] std::vector<Interface> interfaces();

/// Where a search goes when the user names no addresses: the broadcast address of each interface, or its own address
/// (as EPICS does) where it has none. One for each address, each once.
[[nodiscard]] std::vector<base::Ipv4> broadcast_addresses(const std::vector<Interface>& interfaces);

} // namespace iochron::reactor
