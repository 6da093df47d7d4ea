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
constexpr std::uint8_t start_monitor = 0x44;
constexpr std::uint8_t pipelined = 0x80; ///< MONITOR: at INIT, and by itself the grant of more

const pv::Value& everything()
{
    static const pv::Value all = pv::Value::of(pv::Structure(pv::structure("", {{"field", pv::structure("", {})}})));
    return all;
}

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

std::uint32_t Client::add_request(std::uint32_t channel, Request::Kind kind, pv::Token token, pv::Sink* sink)
{
    const std::uint32_t id = ++last_request_;
    Request& request = requests_[id];
    request.kind = kind;
    request.channel = channel;
    request.token = token;
    request.sink = sink;
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
        const bool grants = request.pipeline.window != 0;
        connection.request(command_of(request.kind), channel.sid, id, grants ? init | pipelined : init,
                           [&](Encoder& encoder) {
                               write_typed(encoder, request.asked.empty() ? everything() : request.asked);
                               if (grants) {
                                   encoder.u32(request.pipeline.window);
                               }
                           });
    }
    channel.link->touch();
}

bool Client::answered(Command command, std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types)
{
    if (command == Command::get_field) {
        return informed(id, reader, types);
    }
    const auto found = requests_.find(id);
    if (found == requests_.end()) {
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
    const std::uint8_t subcommand = reader.u8();
    if ((subcommand & init) != 0) {
        return initialized(id, request, reader, types);
    }
    if (command == Command::monitor) {
        return (subcommand & last) != 0 || updated(id, request, reader, types);
    }
    return executed(id, request, reader, types);
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
    if (!status.success() || wrong) {
        const std::string why = status.success() ? "the PV is no structure" : status.message;
        if (request.kind == Request::Kind::describe) {
            lost(request.channel, why, true);
        } else if (request.kind == Request::Kind::monitor) {
            log_.warning("pva.client.monitor", "{} cannot be monitored: {}", channels_.at(request.channel).name, why);
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
    case Request::Kind::monitor:
        connection.request(Command::monitor, channel.sid, id, start_monitor);
        break;
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
    wire::pva::ValueReader(reader, types).marked(*request.state);
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

bool Client::updated(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    if (!request.state) {
        return false;
    }
    request.state->unmark_all();
    wire::pva::ValueReader(reader, types).marked(*request.state);
    (void)wire::pva::read_bit_set(reader); // overrun: the server's queue, not ours
    if (!reader.ok()) {
        return false;
    }
    tell_update(id, request);
    return true;
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

/// Updates of one sink are handed over together; one of a monitor that waits refers to what the next one changes.
void Client::tell_update(std::uint32_t id, Request& request)
{
    Channel& channel = channels_.at(request.channel);
    const auto display = request.state->type()->find("display");
    const auto choices = request.state->type()->find("value.choices");
    const bool property =
        (display && request.state->is_marked(*display)) || (choices && request.state->is_marked(*choices));
    if (request.waits || property || batch_sink_ != request.sink) {
        tell_batch();
        batch_sink_ = request.sink;
    }
    if (property) {
        channel.meta = meta_of(channel, *request.state);
        channel.sink->meta_changed(channel.token, channel.meta);
    }
    pv::Sample sample = sample_of(channel, *request.state, request.plain);
    sample.mask = pv::Mask::value | (property ? pv::Mask::property : pv::Mask::none);
    batch_.push_back({request.token, std::move(sample)});
    request.waits = true;
    in_batch_.push_back(id);
}

void Client::tell_batch()
{
    if (batch_.empty()) {
        return;
    }
    const std::vector<pv::Update> batch = std::exchange(batch_, {});
    for (const std::uint32_t id : std::exchange(in_batch_, {})) {
        if (const auto found = requests_.find(id); found != requests_.end()) {
            found->second.waits = false;
        }
    }
    batch_sink_->updates(batch);
    settle_later(*batch_sink_);
}

void Client::settle_later(pv::Sink& sink)
{
    if (std::ranges::find(to_settle_, &sink) == to_settle_.end()) {
        to_settle_.push_back(&sink);
    }
}

void Client::settled()
{
    tell_batch();
    for (pv::Sink* const sink : std::exchange(to_settle_, {})) {
        sink->settled();
    }
}

void Client::finish(std::uint32_t id, const pv::Status& status, const pv::Sample* sample)
{
    const pv::Token token = requests_.at(id).token;
    pv::Sink& sink = *requests_.at(id).sink;
    end(id, false);
    tell_batch(); // updates that were made before come before
    settle_later(sink);
    sink.completed(token, status, sample);
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
    const auto id = static_cast<std::uint32_t>(request.channel);
    if (channels_.at(id).state != Channel::State::open) {
        sink.completed(request.token, {pv::Outcome::disconnected, "the channel is not connected"}, nullptr);
        return;
    }
    start(add_request(id, Request::Kind::read, request.token, &sink));
}

void Client::write(const pv::WriteRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    const auto id = static_cast<std::uint32_t>(request.channel);
    if (request.kind != pv::WriteKind::value) {
        sink.completed(request.token, {pv::Outcome::unsupported, "pvAccess cannot acknowledge alarms"}, nullptr);
        return;
    }
    if (channels_.at(id).state != Channel::State::open) {
        sink.completed(request.token, {pv::Outcome::disconnected, "the channel is not connected"}, nullptr);
        return;
    }
    const std::uint32_t put = add_request(id, Request::Kind::write, request.token, &sink);
    requests_.at(put).value = request.value;
    requests_.at(put).asked = putting(request.wait, request.processing);
    start(put);
}

void Client::cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink)
{
    const auto found = channels_.find(static_cast<std::uint32_t>(channel));
    if (found == channels_.end()) {
        return;
    }
    for (const std::uint32_t id : std::vector(found->second.requests)) {
        const Request& request = requests_.at(id);
        if (request.token == operation && request.sink == &sink && request.kind != Request::Kind::monitor) {
            end(id, true);
            return;
        }
    }
}

pv::SubscriptionId Client::subscribe(const pv::SubscribeRequest& request, pv::Sink& sink)
{
    const auto channel = static_cast<std::uint32_t>(request.channel);
    const std::uint32_t id = add_request(channel, Request::Kind::monitor, request.token, &sink);
    if (channels_.at(channel).state == Channel::State::open) {
        start(id);
    }
    return pv::SubscriptionId{id};
}

void Client::unsubscribe(pv::SubscriptionId subscription)
{
    const auto id = static_cast<std::uint32_t>(subscription);
    const auto found = requests_.find(id);
    if (found == requests_.end()) {
        return;
    }
    std::erase_if(batch_, [&](const pv::Update& update) {
        return update.token == found->second.token && batch_sink_ == found->second.sink;
    });
    end(id, true);
}

} // namespace iochron::client::pva
