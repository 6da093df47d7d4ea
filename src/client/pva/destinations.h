#pragma once

#include "base/endpoint.h"
#include "base/log.h"
#include "client/pva/settings.h"
#include "reactor/shard.h"

#include <functional>
#include <vector>

namespace iochron::client::pva {

/// Where a search is sent.
struct Destination {
    base::Endpoint endpoint;
    bool unicast = true; ///< one process of that host hears it, and hands it on to the others
};

/// What EPICS_PVA_ADDR_LIST, EPICS_PVA_AUTO_ADDR_LIST and EPICS_PVA_INTF_ADDR_LIST mean. `done` may be called within
/// the call, or later on the shard, once names in the list have been looked up; what is wrong is logged.
void find_destinations(reactor::Shard& shard, const Settings& settings, base::Log& log,
                       std::move_only_function<void(std::vector<Destination>)> done);

} // namespace iochron::client::pva
