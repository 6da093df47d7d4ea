#pragma once

#include "base/endpoint.h"

#include <cstdint>
#include <vector>

namespace iochron::server {

/// Where beacons go when the user names no addresses: the broadcast addresses of the interfaces that are served, all of
/// them where `served` is empty.
[[nodiscard]] std::vector<base::Endpoint> automatic_beacon_destinations(const std::vector<base::Ipv4>& served,
                                                                        std::uint16_t port);

} // namespace iochron::server
