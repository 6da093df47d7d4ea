#include "client/pva/beacon_table.h"

namespace iochron::client::pva {

bool BeaconTable::heard(base::Endpoint server, const wire::pva::Guid& guid, base::Steady now)
{
    sweep(now);
    const auto found = servers_.find(server);
    if (found != servers_.end()) {
        const bool restarted = found->second.guid != guid;
        found->second = {guid, now};
        return restarted;
    }
    if (servers_.size() >= most_servers) {
        return false;
    }
    servers_.emplace(server, Server{guid, now});
    return true;
}

void BeaconTable::sweep(base::Steady now)
{
    if (now < swept_ + forgotten_after / 2) {
        return;
    }
    swept_ = now;
    std::erase_if(servers_, [&](const auto& server) { return now - server.second.heard > forgotten_after; });
}

} // namespace iochron::client::pva
