#include "client/ca/client.h"
#include "wire/ca/value.h"

#include <fmt/format.h>

namespace iochron::client::ca {

using wire::ca::Dbr;
using wire::ca::Family;

void Client::rights(Link& link, wire::ca::Cid id, pv::Rights rights)
{
    Channel* const channel = channels_.find(static_cast<std::uint32_t>(id));
    if (channel == nullptr || channel->link != &link || channel->rights == rights) {
        return;
    }
    channel->rights = rights;
    if (channel->state != ChannelState::open) {
        return;
    }
    tell_opened();
    std::vector<std::pair<pv::Sink*, pv::Token>> told;
    for (std::uint32_t at = channel->openings; at != 0; at = openings_.get(at).next) {
        told.emplace_back(openings_.get(at).sink, openings_.get(at).token);
    }
    for (const auto& [sink, token] : told) {
        sink->rights_changed(token, rights);
    }
}

void Client::created(Link& link, wire::ca::Cid id, wire::ca::Sid sid, Dbr native, std::uint32_t count)
{
    Channel* const channel = channels_.find(static_cast<std::uint32_t>(id));
    if (channel == nullptr || channel->link != &link) {
        link.circuit_->clear_channel(sid, id); // closed meanwhile
        return;
    }
    if (channel->state != ChannelState::connecting) {
        return;
    }
    channel->sid = sid;
    channel->native = native;
    channel->count = count;
    channel->state = ChannelState::describing;
    if (options_.describe && channel->rights.read) {
        ask_for_meta(*channel);
    } else {
        set_meta(*channel, std::make_shared<pv::Meta>(basic_meta(native, count)));
        become_open(*channel);
    }
}

// One element is enough, whatever the size of the array.
void Client::ask_for_meta(Channel& channel)
{
    const std::uint32_t id = operations_.insert();
    if (id == 0) {
        set_meta(channel, std::make_shared<pv::Meta>(basic_meta(channel.native, channel.count)));
        become_open(channel);
        return;
    }
    Operation& operation = operations_.get(id);
    operation.kind = Operation::Kind::describe;
    operation.channel = channel.id;
    channel.describing = id;
    channel.link->circuit_->read(channel.sid, wire::ca::Ioid{id}, dbr_of(Family::ctrl, channel.native),
                                 channel.count == 0 ? 0 : 1);
}

void Client::described(Channel& channel, const ReadAnswer& answer)
{
    channel.describing = 0;
    auto meta = std::make_shared<pv::Meta>(basic_meta(channel.native, channel.count));
    if (answer.status == wire::ca::Eca::normal) {
        const auto read = wire::ca::decode_value(answer.type, answer.count, answer.data, {}, meta.get());
        if (!read) {
            channel.link->complaint(fmt::format("{}: {}", *channel.name, read.error().what));
        }
    }
    set_meta(channel, std::move(meta));
    become_open(channel);
}

// Monitors hold a plain pointer to it.
void Client::set_meta(Channel& channel, pv::MetaRef meta)
{
    channel.meta = std::move(meta);
    each_monitor(channel, [&](Monitor& monitor) { monitor.meta = channel.meta.get(); });
}

void Client::become_open(Channel& channel)
{
    channel.state = ChannelState::open;
    for (std::uint32_t at = channel.openings; at != 0; at = openings_.get(at).next) {
        answer(openings_.get(at));
    }
    start_monitors(channel);
}

// The server has it no more, or never had: libca waits likewise before it searches again.
void Client::lost(Link& link, wire::ca::Cid id)
{
    Channel* channel = channels_.find(static_cast<std::uint32_t>(id));
    if (channel == nullptr || channel->link != &link) {
        return;
    }
    const pv::Status why(pv::Outcome::disconnected,
                         fmt::format("{} does not have it any more", to_string(link.settings_.server)));
    detach(*channel);
    become_lost(*channel, why);
    channel = channels_.find(static_cast<std::uint32_t>(id)); // a sink may have closed it
    if (channel != nullptr && channel->state == ChannelState::searching) {
        searcher_.add_later(channels_.place(channel->id));
    }
}

void Client::become_lost(Channel& channel, const pv::Status& why)
{
    const ChannelState before = std::exchange(channel.state, ChannelState::searching);
    channel.rights = {.read = false, .write = false};
    if (channel.describing != 0) {
        operations_.erase(std::exchange(channel.describing, 0));
    }
    stop_monitors(channel);
    if (before == ChannelState::open) {
        tell_closed(channel, why);
    }
}

void Client::tell_closed(Channel& channel, const pv::Status& why)
{
    tell_opened();
    std::vector<std::pair<pv::Sink*, pv::Token>> told;
    for (std::uint32_t at = channel.openings; at != 0; at = openings_.get(at).next) {
        told.emplace_back(openings_.get(at).sink, openings_.get(at).token);
    }
    const std::uint32_t id = channel.id;
    disconnect_operations(channel, why);
    for (const auto& [sink, token] : told) {
        if (channels_.find(id) != nullptr) {
            sink->closed(token, why);
        }
    }
}

// Nobody has it open.
void Client::drop(Channel& channel)
{
    Link* const link = channel.link;
    if (channel.describing != 0) {
        operations_.erase(channel.describing);
    }
    while (channel.own_monitors != 0 || channel.shared_monitors != 0) { // the client's own
        remove(monitors_.get(channel.own_monitors != 0 ? channel.own_monitors : channel.shared_monitors));
    }
    if (link != nullptr && link->circuit_ != nullptr && channel.state > ChannelState::connecting) {
        link->circuit_->clear_channel(channel.sid, wire::ca::Cid{channel.id});
        touch(*link);
    }
    detach(channel);
    searcher_.remove(channels_.place(channel.id));
    const std::string* const name = channel.name;
    channels_.erase(channel.id);
    index_.erase(index_.find(*name));
}

} // namespace iochron::client::ca
