// What the client asks of its channels: INIT, then executions or updates.
#include "client/pva/link.h"
#include "pv/convert_text.h"
#include "wire/pva/bit_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace iochron::client::pva {
namespace {

using wire::pva::Command;
using wire::pva::Encoder;

constexpr std::uint8_t init = 0x08;
constexpr std::uint8_t last = 0x10;

bool has_type(Command command)
{
    return command != Command::rpc && command != Command::process;
}

/// A put by a record's rules, as an option says.
const pv::Value& putting(bool block, pv::Processing processing)
{
    static const auto requests = [] {
        std::array<pv::Value, 6> all;
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] = *request_of("field()", {i >= 3, static_cast<pv::Processing>(i % 3)});
        }
        return all;
    }();
    return requests[(block ? 3 : 0) + static_cast<std::size_t>(processing)];
}

} // namespace

std::uint32_t Client::add_request(pv::ChannelId opening, Request::Kind kind, pv::Token token, pv::Sink& sink)
{
    const auto opening_id = static_cast<std::uint32_t>(opening);
    const std::uint32_t id = add_request(openings_.get(opening_id).channel, kind);
    Request& request = requests_.at(id);
    request.opening = opening_id;
    request.token = token;
    request.sink = &sink;
    return id;
}

/// Of the client itself.
std::uint32_t Client::add_request(std::uint32_t channel, Request::Kind kind)
{
    do {
        last_request_ = last_request_ % (Monitors::most - 1) + 1;
    } while (requests_.contains(last_request_));
    const std::uint32_t id = last_request_;
    Request& request = requests_[id];
    request.kind = kind;
    request.channel = channel;
    channels_.at(channel).requests.push_back(id);
    return id;
}

void Client::start(std::uint32_t id)
{
    const Request& request = requests_.at(id);
    const Channel& channel = channels_.at(request.channel);
    Connection& connection = *channel.link->connection_;
    if (request.kind == Request::Kind::info) {
        connection.get_field(channel.sid, id);
    } else {
        connection.request(command_of(request.kind), channel.sid, id, init, [&](Encoder& encoder) {
            write_typed(encoder, request.asked.empty() ? everything() : request.asked);
        });
    }
    channel.link->touch();
}

bool Client::answered(Link& link, Command command, std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types)
{
    if (Monitor* const monitor = command == Command::monitor ? monitors_.find(id) : nullptr;
        monitor != nullptr && channels_.at(monitor->channel).link == &link) {
        return answered(*monitor, reader, types);
    }
    if (command == Command::get_field) {
        return informed(id, reader, types);
    }
    const auto found = requests_.find(id);
    if (found == requests_.end() || channels_.at(found->second.channel).link != &link) {
        // Ended meanwhile. What defines types must be read all the same.
        const bool first = (reader.u8() & init) != 0;
        if (first && has_type(command) && wire::pva::read_status(reader).success()) {
            (void)types.read(reader);
            if (command == Command::put_get) {
                (void)types.read(reader);
            }
        } else if (!first && command == Command::rpc && wire::pva::read_status(reader).success()) {
            (void)wire::pva::ValueReader(reader, types).typed();
        }
        return true;
    }
    Request& request = found->second;
    return (reader.u8() & init) != 0 ? initialized(id, request, reader, types) : executed(id, request, reader, types);
}

bool Client::initialized(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    const wire::pva::Status status = wire::pva::read_status(reader);
    const bool typed = has_type(command_of(request.kind));
    const pv::TypeRef type = status.success() && typed ? types.read(reader) : nullptr;
    request.back = status.success() && request.kind == Request::Kind::put_get ? types.read(reader) : nullptr;
    if (!reader.ok()) {
        return false;
    }
    const auto no_structure = [](const pv::TypeRef& what) { return !what || !what->is(pv::Type::Form::structure); };
    const bool wrong =
        (typed && no_structure(type)) || (request.kind == Request::Kind::put_get && no_structure(request.back));
    if (status.success()) {
        note(request, status.message);
    }
    if (!status.success() || wrong) {
        const std::string why = status.success() ? "the PV is no structure" : status.message;
        if (request.kind == Request::Kind::describe) {
            lost(request.channel, why, true);
        } else {
            finish(id, {failure_of(request.kind), why}, nullptr);
        }
        return true;
    }
    if (typed) {
        request.state.emplace(type);
    }
    request.ready = true;
    ready(id, request);
    return true;
}

void Client::ready(std::uint32_t id, Request& request)
{
    const Channel& channel = channels_.at(request.channel);
    Connection& connection = *channel.link->connection_;
    switch (request.kind) {
    case Request::Kind::write:
    case Request::Kind::put_get:
        put(id, request);
        return;
    case Request::Kind::rpc:
        connection.request(Command::rpc, channel.sid, id, last,
                           [&](Encoder& encoder) { write_typed(encoder, request.value); });
        break;
    default:
        connection.request(command_of(request.kind), channel.sid, id, last);
    }
    channel.link->touch();
}

bool Client::executed(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    const wire::pva::Status status = wire::pva::read_status(reader);
    const bool typed = has_type(command_of(request.kind));
    if (!reader.ok() || !request.ready || (typed && !request.state)) {
        return false;
    }
    if (!status.success()) {
        request.kind == Request::Kind::describe ? lost(request.channel, status.message, true)
                                                : finish(id, to_pv_status(status, failure_of(request.kind)), nullptr);
        return true;
    }
    note(request, status.message);
    switch (request.kind) {
    case Request::Kind::write:
    case Request::Kind::put_get:
        return request.reads_back                       ? read_back(id, request, reader, types)
               : request.kind == Request::Kind::put_get ? got_back(id, request, reader, types)
                                                        : (finish(id, {}, nullptr), true);
    case Request::Kind::process:
        finish(id, {}, nullptr);
        return true;
    case Request::Kind::rpc:
        return returned(id, reader, types);
    default:
        return got(id, request, reader, types);
    }
}

bool Client::got(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    wire::pva::ValueReader(reader, types, holder_of(request)).marked(*request.state);
    if (!reader.ok()) {
        return false;
    }
    if (request.kind == Request::Kind::describe) {
        const pv::Structure structure = std::move(*request.state);
        const std::uint32_t channel = request.channel;
        end(id, false);
        described(channel, structure);
        return true;
    }
    pv::Plain plain;
    const Channel& channel = channels_.at(request.channel);
    const pv::MetaRef meta = channel.meta; // outlives the channel, if need be
    const pv::Structure structure = std::move(*request.state);
    const pv::Sample sample = sample_of(channel, structure, plain);
    finish(id, {}, &sample);
    return true;
}

/// The message that is being answered() lies in it.
const pv::BufferRef& Client::holder_of(const Request& request) const
{
    return channels_.at(request.channel).link->connection_->holder();
}

pv::Sample Client::sample_of(const Channel& channel, const pv::Structure& structure, pv::Plain& plain) const
{
    if (auto found = options_.structures || channel.bare ? std::nullopt : plain_of(structure)) {
        plain = std::move(*found);
        return plain.sample(*channel.meta);
    }
    pv::Sample sample;
    sample.value = pv::Value::of(structure);
    sample.meta = channel.meta.get();
    return sample;
}

pv::MetaRef Client::meta_of(const Channel& channel, const pv::Structure& structure) const
{
    if (auto plain = options_.structures || channel.bare ? std::nullopt : plain_meta_of(structure)) {
        return std::make_shared<pv::Meta>(std::move(*plain));
    }
    auto meta = std::make_shared<pv::Meta>();
    meta->type = pv::ScalarType::structure;
    meta->structure = structure.type();
    return meta;
}

void Client::finish(std::uint32_t id, const pv::Status& status, const pv::Sample* sample)
{
    const Request& request = requests_.at(id);
    const pv::Token token = request.token;
    pv::Sink& sink = *request.sink;
    const pv::Status told = with_words(request, status);
    end(id, false);
    sink.completed(token, told, sample);
}

void Client::end(std::uint32_t id, bool tell_server)
{
    const auto found = requests_.find(id);
    if (found == requests_.end()) {
        return;
    }
    const auto channel = channels_.find(found->second.channel);
    std::erase(channel->second.requests, id);
    if (tell_server && channel->second.link != nullptr && channel->second.state >= Channel::State::describing) {
        channel->second.link->connection_->destroy_request(channel->second.sid, id);
        channel->second.link->touch();
    }
    requests_.erase(found);
}

void Client::read(const pv::ReadRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    if (open_channel_of(request.channel, request.token, sink) != nullptr) {
        start(add_request(request.channel, Request::Kind::read, request.token, sink));
    }
}

void Client::write(const pv::WriteRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    if (request.kind != pv::WriteKind::value) {
        sink.completed(request.token, {pv::Outcome::unsupported, "pvAccess cannot acknowledge alarms"}, nullptr);
        return;
    }
    if (open_channel_of(request.channel, request.token, sink) == nullptr) {
        return;
    }
    const std::uint32_t put = add_request(request.channel, Request::Kind::write, request.token, sink);
    requests_.at(put).value = request.value;
    requests_.at(put).asked = putting(request.wait, request.processing);
    start(put);
}

void Client::cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink)
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(channel));
    if (opening == nullptr) {
        return;
    }
    for (const std::uint32_t id : std::vector(channels_.at(opening->channel).requests)) {
        const Request& request = requests_.at(id);
        if (request.opening == opening->id && request.token == operation && request.sink == &sink) {
            end(id, true);
            return;
        }
    }
}

} // namespace iochron::client::pva
