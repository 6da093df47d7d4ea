// Channels of the client that were found: made by their server, or given up.
#include "client/pva/link.h"

#include <fmt/format.h>

namespace iochron::client::pva {

void Client::create(Link& link, std::uint32_t id)
{
    Channel& channel = channels_.at(id);
    channel.create_by = shard_.now() + settings_.timeout;
    link.connection_->create_channel(id, channel.name);
    if (link.creations_.empty()) {
        link.creation_timer_.at(channel.create_by);
    }
    link.creations_.push_back({channel.create_by, id});
}

/// A server that does not say whether it has a channel may still serve others: these alone are searched again, after a
/// while, as those are that a server refuses. (PVXS 1.5 and pvAccessCPP wait for ever, unless the server is silent.)
void Client::give_up_creations(Link& link)
{
    const base::Steady now = shard_.now();
    std::vector<std::uint32_t> overdue;
    while (!link.creations_.empty() && link.creations_.front().answer_by <= now) {
        const auto [answer_by, id] = link.creations_.front();
        link.creations_.pop_front();
        const auto found = channels_.find(id);
        if (found != channels_.end() && found->second.link == &link &&
            found->second.state == Channel::State::connecting && found->second.create_by == answer_by) {
            overdue.push_back(id);
        }
    }
    if (!link.creations_.empty()) {
        link.creation_timer_.at(link.creations_.front().answer_by);
    }
    if (overdue.empty()) {
        return;
    }
    const std::string why = fmt::format("{} does not answer to the creation of the channel", to_string(link.server_));
    log_.warning("pva.client.create " + to_string(link.server_),
                 "PVA server {} does not create {} of the channels that "
                 "it was asked for, \"{}\" first: they are searched again",
                 to_string(link.server_), overdue.size(), channels_.at(overdue.front()).name);
    for (const std::uint32_t id : overdue) {
        lost(id, why, true);
    }
    settled();
}

void Client::validated(Link& link)
{
    link.validated_ = true;
    name_server_connected(link.server_);
    for (const std::uint32_t id : link.channels_) {
        create(link, id);
    }
    link.touch();
}

void Client::created(Link& link, std::uint32_t id, std::uint32_t sid, const wire::pva::Status& status)
{
    const auto found = channels_.find(id);
    const bool is_ours = found != channels_.end() && found->second.link == &link;
    if (!is_ours || found->second.state != Channel::State::connecting) { // closed or given up meanwhile
        if (status.success() && !(is_ours && found->second.sid == sid)) {
            link.connection_->destroy_channel(sid, id);
            link.touch();
        }
        return;
    }
    Channel& channel = found->second;
    if (!status.success()) {
        lost(id, status.message, true);
        return;
    }
    channel.sid = sid;
    if (channel.bare) {
        opened(id);
        return;
    }
    channel.state = Channel::State::describing;
    start(add_request(id, Request::Kind::describe));
}

/// Also the answer to our own destroy_channel(), which means nothing.
void Client::destroyed(const Link& link, std::uint32_t id, std::uint32_t sid)
{
    const auto found = channels_.find(id);
    if (found != channels_.end() && found->second.link == &link && found->second.sid == sid &&
        found->second.state >= Channel::State::describing) {
        lost(id, "the server took the channel away", false);
    }
}

/// The first read tells what the PV is: then it is open, and its subscriptions start.
void Client::described(std::uint32_t id, const pv::Structure& structure)
{
    Channel& channel = channels_.at(id);
    set_meta(channel, meta_of(channel, structure));
    opened(id);
}

void Client::opened(std::uint32_t id)
{
    Channel& channel = channels_.at(id);
    channel.state = Channel::State::open;
    const std::vector<std::uint32_t> before = channel.monitors; // what is asked from within opened() starts by itself
    for (const std::uint32_t opening : std::vector(channel.openings)) {
        tell_open(opening);
    }
    for (const std::uint32_t id_of_monitor : before) {
        if (Monitor* const monitor = monitors_.find(id_of_monitor)) {
            start(*monitor);
        }
    }
}

} // namespace iochron::client::pva
