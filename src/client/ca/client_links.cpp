#include "client/ca/client.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::ca {

using namespace std::chrono_literals;

Link& Client::link_to(const base::Endpoint& server, bool name_server)
{
    if (const auto known = by_server_.find(server); known != by_server_.end()) {
        known->second->name_server_ |= name_server;
        return *known->second;
    }
    CircuitSettings settings;
    settings.server = server;
    settings.number = ++links_made_;
    settings.priority = options_.priority;
    settings.account = settings_.account;
    settings.host = settings_.host;
    settings.connection_timeout = settings_.connection_timeout;
    settings.echo_timeout = settings_.echo_timeout;
    settings.message_bytes = settings_.max_message_bytes.value_or(settings.message_bytes);
    Link& link = *links_.emplace_back(std::make_unique<Link>(*this, settings, name_server));
    by_server_.emplace(server, &link);
    connect(link);
    return link;
}

void Client::connect(Link& link)
{
    link.connect_.emplace(
        *streams_, link.settings_.server, settings_.connection_timeout,
        [this, &link](reactor::TcpStream& stream) { return make_circuit(link, stream); },
        [this, &link](const std::string& why) { connect_failed(link, why); });
}

std::unique_ptr<base::Connection> Client::make_circuit(Link& link, reactor::TcpStream& stream)
{
    auto circuit = std::make_unique<Circuit>(link.settings_, monitors_, batch_, link, shard_.pool(), shard_.now());
    link.circuit_ = circuit.get();
    link.stream_ = &stream;
    searcher_.connected(link.settings_.server);
    searcher_.hurry(); // a server that is back has more of the names that wait, and its beacons may not reach us
    for (const std::uint32_t id : link.channels_) {
        circuit->create_channel(wire::ca::Cid{id}, *channels_.get(id).name);
    }
    if (link.leaving_) {
        circuit->finish();
    }
    return circuit;
}

// A server that answers searches and cannot be reached is asked again after some seconds, not at once.
void Client::connect_failed(Link& link, const std::string& why)
{
    if (!link.name_server_ || !link.channels_.empty()) {
        log_.warning("ca.client.server " + to_string(link.settings_.server), "CA server {}: {}",
                     to_string(link.settings_.server), why);
    }
    gone(link, why);
}

void Client::gone(Link& link, std::string_view why)
{
    const bool in_vain = link.circuit_ == nullptr || lost_lately(link.settings_.server);
    const pv::Status status(pv::Outcome::disconnected, fmt::format("{}: {}", to_string(link.settings_.server), why));
    const std::vector<std::uint32_t> channels = std::exchange(link.channels_, {});
    const bool name_server = link.name_server_;
    remove(link);
    for (const std::uint32_t id : channels) {
        Channel* channel = channels_.find(id); // a sink may have closed it by now
        if (channel == nullptr) {
            continue;
        }
        channel->link = nullptr;
        become_lost(*channel, status);
        channel = channels_.find(id);
        if (channel == nullptr || channel->state != ChannelState::searching) {
            continue;
        }
        if (in_vain) {
            searcher_.add_later(channels_.place(id));
        } else {
            searcher_.add(channels_.place(id), channel->server);
        }
    }
    if (name_server && !name_servers_.empty()) {
        name_server_timer_.at(shard_.now() + (in_vain ? settings_.connection_timeout : 1s));
    }
    tell_opened();
    sinks_.settle();
}

// Twice within seconds: the server accepts circuits and closes them, and shall not be asked in a tight loop.
bool Client::lost_lately(const base::Endpoint& server)
{
    constexpr auto lately = 5s;
    const base::Steady now = shard_.refresh();
    std::erase_if(losses_, [&](const auto& loss) { return now - loss.second > lately; });
    return !losses_.insert_or_assign(server, now).second;
}

void Client::remove(Link& link)
{
    const auto known = by_server_.find(link.settings_.server);
    if (known != by_server_.end() && known->second == &link) {
        by_server_.erase(known);
    }
    std::erase_if(links_, [&](const auto& each) { return each.get() == &link; });
}

void Client::responsive(Link& link, bool yes)
{
    const pv::Status silent(pv::Outcome::disconnected,
                            fmt::format("{} does not answer", to_string(link.settings_.server)));
    const std::vector<std::uint32_t> channels = link.channels_;
    for (const std::uint32_t id : channels) {
        Channel* const channel = channels_.find(id);
        if (channel == nullptr) {
            continue;
        }
        if (yes && channel->state == ChannelState::silent) {
            channel->state = ChannelState::open;
            for (std::uint32_t at = channel->openings; at != 0; at = openings_.get(at).next) {
                answer(openings_.get(at));
            }
        } else if (!yes && channel->state == ChannelState::open) {
            channel->state = ChannelState::silent;
            tell_closed(*channel, silent);
        }
    }
    tell_opened(); // before the updates that follow
    sinks_.settle();
}

void Client::attach(Channel& channel, Link& link)
{
    channel.link = &link;
    channel.place = static_cast<std::uint32_t>(link.channels_.size());
    link.channels_.push_back(channel.id);
}

// The circuit ends with its last channel, as libca's does.
void Client::detach(Channel& channel)
{
    Link* const link = std::exchange(channel.link, nullptr);
    if (link == nullptr) {
        return;
    }
    const std::uint32_t last = link->channels_.back();
    link->channels_[channel.place] = last;
    channels_.get(last).place = channel.place;
    link->channels_.pop_back();
    if (link->channels_.empty() && !link->name_server_) {
        link->leaving_ = true;
        by_server_.erase(link->settings_.server);
        if (link->circuit_ != nullptr) {
            link->circuit_->finish();
            touch(*link);
        }
    }
}

void Client::touch(Link& link)
{
    if (link.stream_ != nullptr) {
        link.stream_->touch();
    }
}

} // namespace iochron::client::ca
