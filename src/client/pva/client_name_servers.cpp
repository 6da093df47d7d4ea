// EPICS_PVA_NAME_SERVERS: servers that are asked for names by TCP, over the connections that channels use too.
#include "client/pva/link.h"
#include "reactor/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace iochron::client::pva {
namespace {

constexpr base::Duration first_wait = std::chrono::seconds(1);
constexpr base::Duration longest_wait = std::chrono::seconds(30);

} // namespace

void Client::find_name_servers()
{
    if (settings_.name_servers.empty()) {
        return;
    }
    std::string list;
    for (const Host& host : settings_.name_servers) {
        list += fmt::format("{}:{} ", host.name, host.port);
    }
    reactor::resolve(shard_, list, settings_.server_port,
                     [this, alive = std::weak_ptr<bool>(alive_)](const reactor::Resolved& resolved) {
                         if (alive.expired()) {
                             return;
                         }
                         for (const std::string& problem : resolved.problems) {
                             log_.warning("pva.client.address", "EPICS_PVA_NAME_SERVERS: {}", problem);
                         }
                         for (const base::Endpoint& server : resolved.endpoints) {
                             name_servers_.try_emplace(server, first_wait, std::make_unique<reactor::Timer>(shard_));
                             (void)link_to(server);
                         }
                     });
}

bool Client::is_name_server(const Link& link) const
{
    return name_servers_.contains(link.server_);
}

void Client::name_server_connected(const base::Endpoint& server)
{
    if (const auto found = name_servers_.find(server); found != name_servers_.end()) {
        found->second.wait = first_wait;
        searcher_.hurry();
    }
}

void Client::search_by_tcp(const wire::pva::Search& search)
{
    wire::pva::Search asked = search;
    asked.flags = wire::pva::Search::unicast;
    asked.answer_to = base::ipv4_any;
    asked.answer_port = 0; // on this connection
    for (const auto& [server, name_server] : name_servers_) {
        const auto link = links_.find(server);
        if (link != links_.end() && link->second->validated_) {
            link->second->connection_->search(asked);
            link->second->touch();
        }
    }
}

void Client::name_server_lost(const base::Endpoint& server)
{
    const auto found = name_servers_.find(server);
    if (found == name_servers_.end()) {
        return;
    }
    NameServer& name_server = found->second;
    name_server.retry->at(shard_.refresh() + name_server.wait, [this, server] { (void)link_to(server); });
    name_server.wait = std::min(2 * name_server.wait, longest_wait);
}

} // namespace iochron::client::pva
