// Channels of a circuit: made, told of, ended.
#include "server/ca/circuit.h"
#include "server/ca/frames.h"
#include "wire/ca/channel.h"
#include "wire/ca/message.h"

#include <algorithm>

namespace iochron::server::ca {
namespace {

using wire::ca::Cid;
using wire::ca::Eca;
using wire::ca::Sid;

constexpr std::uint16_t minor_extended = 9;  ///< counts beyond 16 bits can be told
constexpr std::uint32_t most_short = 0xFFFE; ///< elements that a peer below it can be told of
constexpr std::uint16_t minor_by_name = 4;

} // namespace

/// Several in a row are opened together, when something else comes or the bytes end.
void Circuit::create_channel(const Message& message)
{
    const wire::ca::CreateChannel create = decode_create_channel(message.header, message.payload);
    if (create.minor < minor_by_name) {
        service_.counts().malformed.add();
        finish();
        return;
    }
    minor_ = create.minor;
    const base::Limits& limits = service_.around().limits;
    if (create.name.empty() || create.name.size() > limits.name_bytes || channels() >= limits.channels) {
        encode(output(), wire::ca::CreateFailed{create.cid});
        return;
    }
    if (channels() == 0) {
        identity_ = service_.identity(peer_);
    }
    const ChannelIndex index = add_channel(static_cast<std::uint32_t>(create.cid));
    channels_[index].pv = service_.open(create.name, *this, index);
    if (service_.pv(channels_[index].pv).state == Pv::State::open) {
        opened(index, {});
    }
}

void Circuit::opened(ChannelIndex index, const pv::Status& status)
{
    Channel& channel = channels_[index];
    const Cid cid{channel.cid};
    const pv::MetaRef meta = status.ok() ? service_.describe(channel.pv) : nullptr;
    const auto type = meta ? wire::ca::dbr_of(meta->type) : std::nullopt;
    if (!type) { // not found, or nothing that CA can carry
        encode(output(), wire::ca::CreateFailed{cid});
        if (status.ok()) {
            service_.release(channel.pv, lane_, index);
        }
        free_channel(index);
        return;
    }
    channel.state = Channel::State::open;
    tell_rights(channel); // first, or libca takes it that there are none
    const std::uint32_t count = meta->is_array ? meta->max_count : 1;
    encode(output(), wire::ca::ChannelCreated{.type = *type,
                                              .count = minor_ < minor_extended ? std::min(count, most_short) : count,
                                              .cid = cid,
                                              .sid = Sid{first_sid + index}});
}

void Circuit::tell_rights(const Channel& channel)
{
    const pv::Rights rights = service_.pv(channel.pv).rights;
    encode(output(), wire::ca::AccessRights{.cid = Cid{channel.cid}, .read = rights.read, .write = rights.write});
}

void Circuit::clear_channel(const Message& message)
{
    const ChannelIndex index = channel_of(message);
    if (index == none) {
        return;
    }
    end_channel(index);
    // Behind the updates that were made before it: nothing for this channel may follow it.
    encode(backlog_.updates(), decode_clear_channel(message.header));
}

ChannelIndex Circuit::channel_of(const Message& message)
{
    const std::uint32_t index = message.header.p1 - first_sid; // wraps for what is below
    if (index < channels_.size() && channels_[index].state == Channel::State::open) {
        return index;
    }
    malformed(message, Eca::internal, "this circuit has no channel of that SID");
    return none;
}

ChannelIndex Circuit::add_channel(std::uint32_t cid)
{
    ChannelIndex index = static_cast<ChannelIndex>(channels_.size());
    if (free_channels_.empty()) {
        channels_.emplace_back();
    } else {
        index = free_channels_.back();
        free_channels_.pop_back();
    }
    channels_[index] = {.cid = cid, .state = Channel::State::opening};
    service_.counts().channels.add();
    return index;
}

void Circuit::free_channel(ChannelIndex index)
{
    channels_[index] = {};
    free_channels_.push_back(index);
    service_.counts().channels.set(service_.counts().channels.value() - 1);
}

void Circuit::end_channel(ChannelIndex index)
{
    end_subscriptions(index);
    for (std::size_t i = operations_.size(); i-- > 0;) {
        const base::Handle handle = operations_[i];
        if (service_.operation(handle).channel == index) {
            operations_[i] = operations_.back();
            service_.set_place(operations_[i], static_cast<std::uint32_t>(i));
            operations_.pop_back();
            service_.cancel(handle); // processing that a put has started goes on
        }
    }
    if (channels_[index].extra != none) {
        Extra& extra = extras_[channels_[index].extra];
        for (const std::vector<std::byte>& message : extra.queued) {
            queued_bytes_ -= message.size();
        }
        extra = {};
        free_extras_.push_back(channels_[index].extra);
    }
    service_.release(channels_[index].pv, lane_, index);
    free_channel(index);
}

Circuit::Extra& Circuit::extra(ChannelIndex index)
{
    Channel& channel = channels_[index];
    if (channel.extra == none) {
        if (free_extras_.empty()) {
            channel.extra = static_cast<std::uint32_t>(extras_.size());
            extras_.emplace_back();
        } else {
            channel.extra = free_extras_.back();
            free_extras_.pop_back();
        }
    }
    return extras_[channel.extra];
}

void Circuit::look_at_pvs(std::span<const PvIndex> changed)
{
    for (ChannelIndex index = 0; index < channels_.size(); ++index) {
        const Channel& channel = channels_[index];
        if (channel.state != Channel::State::open) {
            continue;
        }
        if (service_.pv(channel.pv).state == Pv::State::gone) {
            const Cid cid{channel.cid};
            end_channel(index);
            encode(backlog_.updates(), wire::ca::ServerDisconnect{cid});
            service_.touch(lane_);
        } else if (std::ranges::binary_search(changed, channel.pv)) {
            tell_rights(channel);
            service_.touch(lane_);
        }
    }
}

} // namespace iochron::server::ca
