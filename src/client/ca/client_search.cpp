#include "client/ca/client.h"
#include "reactor/resolve.h"

#include <fmt/format.h>

namespace iochron::client::ca {

wire::ca::Cid Client::id_at(std::uint32_t place)
{
    return wire::ca::Cid{channels_.at_place(place)->id};
}

std::string_view Client::name_at(std::uint32_t place)
{
    return *channels_.at_place(place)->name;
}

// The first answer wins. Another server that has the name too is worth a word, for then nobody knows whom he will get.
void Client::found(wire::ca::Cid id, const base::Endpoint& where, std::uint32_t server)
{
    Channel* const channel = channels_.find(static_cast<std::uint32_t>(id));
    if (channel == nullptr) {
        return;
    }
    if (channel->state != ChannelState::searching) {
        const base::Endpoint& known = channel->link->settings_.server;
        if (known != where) {
            log_.warning("ca.client.duplicate " + *channel->name,
                         "Identical process variable names on multiple servers: {} is on {} and on {}; the first is "
                         "used (ECA_DBLCHNL)",
                         *channel->name, to_string(known), to_string(where));
        }
        return;
    }
    searcher_.found(channels_.place(channel->id));
    channel->server = server;
    channel->state = ChannelState::connecting;
    Link& link = link_to(where, false);
    attach(*channel, link);
    if (link.circuit_ != nullptr) {
        link.circuit_->create_channel(id, *channel->name);
        touch(link);
    }
}

void Client::heard_beacon(const base::Endpoint& server, BeaconNews news)
{
    for (const auto& link : links_) {
        if (link->settings_.server == server && link->circuit_ != nullptr) {
            link->circuit_->heard_beacon(news, shard_.now());
            touch(*link);
        }
    }
}

void Client::find_name_servers()
{
    std::string list;
    for (const Host& host : settings_.name_servers) {
        list += fmt::format("{}:{} ", host.name, host.port);
    }
    name_server_timer_.at(base::never, [this] {
        for (const base::Endpoint& server : name_servers_) {
            link_to(server, true);
        }
    });
    const std::weak_ptr<bool> alive = alive_;
    reactor::resolve(shard_, list, settings_.server_port, [this, alive](reactor::Resolved resolved) {
        if (alive.expired()) {
            return;
        }
        for (const std::string& problem : resolved.problems) {
            log_.warning("ca.client.address", "EPICS_CA_NAME_SERVERS: {}", problem);
        }
        name_servers_ = std::move(resolved.endpoints);
        name_server_timer_.at(shard_.now());
    });
}

bool Client::ask_name_servers(std::span<const std::byte> messages)
{
    bool asked = false;
    for (const auto& link : links_) {
        if (link->name_server_ && link->circuit_ != nullptr && link->circuit_->takes_searches()) {
            link->circuit_->search(messages);
            touch(*link);
            asked = true;
        }
    }
    return asked;
}

} // namespace iochron::client::ca
