// Channels of a connection: made, told of, ended.
#include "pv/normative.h"
#include "server/pva/connection.h"
#include "server/pva/pipe.h"
#include "wire/pva/header.h"
#include "wire/pva/size.h"

#include <fmt/format.h>

#include <utility>

namespace iochron::server::pva {
namespace {

constexpr std::uint32_t no_sid = 0xFFFF'FFFF;
constexpr std::uint32_t index_bits = 24; ///< of a sid; the others tell uses of one index apart
constexpr std::uint32_t most_channels = 1u << index_bits;
constexpr std::string_view server_channel = "server";

} // namespace

std::uint32_t Connection::sid(ChannelIndex channel) const
{
    return (channels_[channel].generation << index_bits) | (channel + 1);
}

ChannelIndex Connection::find_channel(std::uint32_t id) const
{
    const std::uint32_t index = (id & (most_channels - 1)) - 1; // wraps for 0
    return index < channels_.size() && sid(index) == id && channels_[index].state >= Channel::State::open ? index
                                                                                                          : none;
}

/// Several in a row are opened together, when something else comes or the bytes end.
void Connection::create_channel(base::Reader& reader)
{
    const std::uint16_t count = reader.u16();
    for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
        const std::uint32_t cid = reader.u32();
        const std::string_view name = wire::pva::read_text(reader);
        if (reader.ok()) {
            create(cid, name);
        }
    }
}

void Connection::refuse_channel(std::uint32_t cid, const wire::pva::Status& why)
{
    send(Command::create_channel, [&](wire::pva::Encoder& encoder) {
        encoder.u32(cid);
        encoder.u32(no_sid);
        write(encoder, why);
    });
}

void Connection::create(std::uint32_t cid, std::string_view name)
{
    using Kind = wire::pva::Status::Kind;
    const base::Limits& limits = service_.around().limits;
    if (!validated_) {
        refuse_channel(cid, {Kind::error, "the connection is not validated", {}});
        return;
    }
    if (name.empty() || name.size() > limits.name_bytes) {
        refuse_channel(cid, {Kind::error, "a channel's name cannot be empty or so long", {}});
        return;
    }
    if (channels() >= std::min<std::size_t>(limits.channels, most_channels - 1)) {
        refuse_channel(cid, {Kind::error, "too many channels on this connection", {}});
        return;
    }
    if (channels() == 0) {
        identity_ = service_.identity(peer_);
    }
    auto index = static_cast<ChannelIndex>(channels_.size());
    if (free_channels_.empty()) {
        channels_.emplace_back();
    } else {
        index = free_channels_.back();
        free_channels_.pop_back();
    }
    Channel& channel = channels_[index];
    channel.cid = cid;
    ++channel.generation;
    service_.counts().channels.add();
    if (name == server_channel) {
        channel.state = Channel::State::server;
        opened(index, {});
        return;
    }
    channel.state = Channel::State::opening;
    channel.pv = service_.open(name, *this, index);
    if (service_.pv(channels_[index].pv).state == Pv::State::open) {
        opened(index, {});
    }
}

void Connection::opened(ChannelIndex index, const pv::Status& status)
{
    Channel& channel = channels_[index];
    if (!status.ok()) {
        refuse_channel(channel.cid, wire::pva::to_status(status));
        channel.pv = none; // the Service has let go of it
        end_channel(index);
        return;
    }
    if (channel.state == Channel::State::opening) {
        channel.state = Channel::State::open;
    }
    send(Command::create_channel, [&](wire::pva::Encoder& encoder) {
        encoder.u32(channel.cid);
        encoder.u32(sid(index));
        write(encoder, wire::pva::Status{});
    });
}

void Connection::end_channel(ChannelIndex index)
{
    for (const std::uint32_t id : std::exchange(channels_[index].requests, {})) {
        forget_request(id);
    }
    Channel& channel = channels_[index];
    if (channel.pv != none) {
        service_.release(channel.pv, lane_, index);
    }
    channel = {.generation = channel.generation, .requests = {}};
    free_channels_.push_back(index);
    service_.counts().channels.set(service_.counts().channels.value() - 1);
}

void Connection::destroy_channel(base::Reader& reader)
{
    const std::uint32_t id = reader.u32();
    const std::uint32_t cid = reader.u32();
    const ChannelIndex index = reader.ok() ? find_channel(id) : none;
    if (index == none) {
        return; // just destroyed by us: the messages crossed
    }
    end_channel(index);
    send(Command::destroy_channel, [&](wire::pva::Encoder& encoder) {
        encoder.u32(id);
        encoder.u32(cid);
    });
}

void Connection::look_at_pvs(std::span<const PvIndex> /*changed*/)
{
    for (ChannelIndex index = 0; index < channels_.size(); ++index) {
        const Channel& channel = channels_[index];
        if (channel.state != Channel::State::open || service_.pv(channel.pv).state != Pv::State::gone) {
            continue;
        }
        const std::uint32_t id = sid(index);
        const std::uint32_t cid = channel.cid;
        end_channel(index);
        send(Command::destroy_channel, [&](wire::pva::Encoder& encoder) {
            encoder.u32(id);
            encoder.u32(cid);
        });
        service_.touch(lane_);
    }
}

/// pvxs gives the whole type whatever is asked for; we give the part, as pvAccessCPP does.
void Connection::get_field(base::Reader& reader)
{
    const std::uint32_t id = reader.u32();
    const std::uint32_t request = reader.u32();
    const std::string_view path = wire::pva::read_text(reader);
    const ChannelIndex index = reader.ok() ? find_channel(id) : none;
    if (!reader.ok()) {
        return;
    }
    pv::TypeRef type;
    wire::pva::Status status{wire::pva::Status::Kind::error, "no such channel", {}};
    if (index != none && channels_[index].state == Channel::State::server) {
        status.message = "this channel can only be called";
    } else if (index != none) {
        const pv::TypeRef whole = normative_type(*service_.describe(channels_[index].pv));
        if (const auto field = whole->find(path)) {
            type = *field == 0 ? whole : pv::TypeRef(whole, whole->fields()[*field].type);
            status = {};
        } else {
            status.message = fmt::format("no field \"{}\"", path);
        }
    }
    send(Command::get_field, [&](wire::pva::Encoder& encoder) {
        encoder.u32(request);
        write(encoder, status);
        if (type) {
            write(encoder, type);
        }
    });
}

} // namespace iochron::server::pva
