// What the client asks of its channels: INIT, then executions or updates.
#include "client/pva/link.h"
#include "pv/convert_text.h"
#include "wire/pva/bit_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::pva {
namespace {

using wire::pva::Command;
using wire::pva::Encoder;

constexpr std::uint8_t init = 0x08;
constexpr std::uint8_t last = 0x10;
constexpr std::uint8_t start_monitor = 0x44;

/// Everything; of a put what is written, with the options of a record.
pv::Value request_for_all(bool block)
{
    static const pv::TypeRef nothing = pv::structure("", {});
    if (!block) {
        static const pv::Value all = pv::Value::of(pv::Structure(pv::structure("", {{"field", nothing}})));
        return all;
    }
    static const pv::Value blocking = [] {
        const pv::TypeRef options = pv::structure("", {{"block", pv::scalar(pv::ScalarType::string)}});
        pv::Structure request(
            pv::structure("", {{"field", nothing}, {"record", pv::structure("", {{"_options", options}})}}));
        (void)request.set("record._options.block", "true");
        return pv::Value::of(std::move(request));
    }();
    return blocking;
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
    const Command command = request.kind == Request::Kind::monitor ? Command::monitor
                            : request.kind == Request::Kind::write ? Command::put
                                                                   : Command::get;
    channel.link->connection_->request(command, channel.sid, id, init,
                                       [&](Encoder& encoder) { write_typed(encoder, request_for_all(request.block)); });
    channel.link->touch();
}

bool Client::answered(Command command, std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types)
{
    const auto found = requests_.find(id);
    if (found == requests_.end()) {
        // Ended meanwhile. What defines types must be read all the same.
        if ((reader.u8() & init) != 0 && wire::pva::read_status(reader).success()) {
            (void)types.read(reader);
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
    const pv::TypeRef type = status.success() ? types.read(reader) : nullptr;
    if (!reader.ok()) {
        return false;
    }
    if (!status.success() || !type || !type->is(pv::Type::Form::structure)) {
        const std::string why = status.success() ? "the PV is no structure" : status.message;
        if (request.kind == Request::Kind::describe) {
            lost(request.channel, why, true);
        } else if (request.kind == Request::Kind::monitor) {
            log_.warning("pva.client.monitor", "{} cannot be monitored: {}", channels_.at(request.channel).name, why);
        } else {
            finish(id, {pv::Outcome::get_failed, why}, nullptr);
        }
        return true;
    }
    request.state.emplace(type);
    request.ready = true;
    ready(id, request);
    return true;
}

void Client::ready(std::uint32_t id, Request& request)
{
    const Channel& channel = channels_.at(request.channel);
    Connection& connection = *channel.link->connection_;
    if (request.kind == Request::Kind::monitor) {
        connection.request(Command::monitor, channel.sid, id, start_monitor);
    } else if (request.kind != Request::Kind::write) {
        connection.request(Command::get, channel.sid, id, last);
    } else {
        pv::Structure& put = *request.state;
        if (request.value.is_text() && !channel.meta->choices.empty()) { // the server takes the index only
            if (const auto index = pv::choice_index(request.value.text(), channel.meta->choices)) {
                request.value = pv::Value::enumeration(*index);
            }
        }
        const pv::Status status = request.value.structure() != nullptr ? put.set(0, request.value)
                                  : put.find("value.index") != nullptr ? put.set("value.index", request.value)
                                                                       : put.set("value", request.value);
        if (!status.ok()) {
            connection.destroy_request(channel.sid, id);
            finish(id, status, nullptr);
            return;
        }
        connection.request(Command::put, channel.sid, id, last, [&](Encoder& encoder) { write_marked(encoder, put); });
    }
    channel.link->touch();
}

bool Client::executed(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types)
{
    const wire::pva::Status status = wire::pva::read_status(reader);
    if (!reader.ok() || !request.state) {
        return false;
    }
    if (request.kind == Request::Kind::write || !status.success()) {
        const pv::Outcome failure =
            request.kind == Request::Kind::write ? pv::Outcome::put_failed : pv::Outcome::get_failed;
        if (request.kind == Request::Kind::describe) {
            lost(request.channel, status.message, true);
        } else {
            finish(id, to_pv_status(status, failure), nullptr);
        }
        return true;
    }
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
    const pv::MetaRef meta = channels_.at(request.channel).meta;
    const pv::Structure structure = std::move(*request.state);
    const pv::Sample sample = sample_of(structure, plain, *meta);
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

pv::Sample Client::sample_of(const pv::Structure& structure, pv::Plain& plain, const pv::Meta& meta) const
{
    if (auto found = options_.structures ? std::nullopt : plain_of(structure)) {
        plain = std::move(*found);
        return plain.sample(meta);
    }
    pv::Sample sample;
    sample.value = pv::Value::of(structure);
    sample.meta = &meta;
    return sample;
}

pv::MetaRef Client::meta_of(const pv::Structure& structure) const
{
    if (auto plain = options_.structures ? std::nullopt : plain_meta_of(structure)) {
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
        channel.meta = meta_of(*request.state);
        channel.sink->meta_changed(channel.token, channel.meta);
    }
    pv::Sample sample = sample_of(*request.state, request.plain, *channel.meta);
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
    requests_.at(put).block = request.wait;
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
