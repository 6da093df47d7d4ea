#include "client/ca/client.h"
#include "wire/ca/value.h"

#include <fmt/format.h>

namespace iochron::client::ca {

using wire::ca::Dbr;
using wire::ca::Eca;
using wire::ca::Family;

// Null when the operation was refused, and its sink told.
Operation* Client::begin(pv::ChannelId channel_id, pv::Token token, Operation::Kind kind, pv::Sink& sink)
{
    const auto refuse = [&](pv::Outcome outcome, std::string text = {}) {
        sink.completed(token, {outcome, std::move(text)}, nullptr);
        return nullptr;
    };
    Opening* const opening = openings_.find(static_cast<std::uint32_t>(channel_id));
    if (opening == nullptr) {
        return refuse(pv::Outcome::no_such_channel);
    }
    const Channel& channel = channels_.get(opening->channel);
    if (channel.state != ChannelState::open) {
        return refuse(pv::Outcome::disconnected, fmt::format("{} is not connected", *channel.name));
    }
    if (kind == Operation::Kind::read && !channel.rights.read) {
        return refuse(pv::Outcome::no_read_access);
    }
    if (kind == Operation::Kind::write && !channel.rights.write) {
        return refuse(pv::Outcome::no_write_access);
    }
    const std::uint32_t id = operations_.insert();
    if (id == 0) {
        return refuse(pv::Outcome::too_large, "too many operations are under way");
    }
    link_front(operations_, opening->operations, id);
    Operation& operation = operations_.get(id);
    operation.kind = kind;
    operation.opening = opening->id;
    operation.channel = channel.id;
    operation.token = token;
    operation.sink = &sink;
    return &operation;
}

void Client::read(const pv::ReadRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(request.channel));
    const Dbr native = opening != nullptr ? channels_.get(opening->channel).native : Dbr::double_;
    read_as(request, dbr_of(Family::time, native), sink);
}

void Client::read_as(const pv::ReadRequest& request, Dbr type, pv::Sink& sink)
{
    Operation* const operation = begin(request.channel, request.token, Operation::Kind::read, sink);
    if (operation == nullptr) {
        return;
    }
    const Channel& channel = channels_.get(operation->channel);
    if (request.count > channel.count) { // as libca: ECA_BADCOUNT
        const pv::Status status(pv::Outcome::bad_count, fmt::format("{} elements were asked for, {} has {}",
                                                                    request.count, *channel.name, channel.count));
        complete(*operation, status, nullptr);
        return;
    }
    const bool dynamic = channel.link->circuit_->minor() >= wire::ca::minor_dynamic;
    const std::uint32_t count = request.count == 0 && !dynamic ? channel.count : request.count;
    channel.link->circuit_->read(channel.sid, wire::ca::Ioid{operation->id}, type, count);
    touch(*channel.link);
}

void Client::write(const pv::WriteRequest& request, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    switch (request.kind) {
    case pv::WriteKind::value:
        return start_write(request, std::nullopt, sink);
    case pv::WriteKind::acknowledge_transient:
        return start_write(request, Dbr::put_ackt, sink);
    case pv::WriteKind::acknowledge_severity:
        return start_write(request, Dbr::put_acks, sink);
    }
}

void Client::write_as(const pv::WriteRequest& request, Dbr type, pv::Sink& sink)
{
    start_write(request, type, sink);
}

void Client::start_write(const pv::WriteRequest& request, std::optional<Dbr> type, pv::Sink& sink)
{
    Operation* const operation = begin(request.channel, request.token, Operation::Kind::write, sink);
    if (operation == nullptr) {
        return;
    }
    const Channel& channel = channels_.get(operation->channel);
    if (request.processing != pv::Processing::passive) {
        complete(*operation,
                 {pv::Outcome::unsupported, "Channel Access leaves it to the record whether a put processes it"},
                 nullptr);
        return;
    }
    auto written = form_written(request.value, type.value_or(channel.native), channel.count);
    if (!written) {
        complete(*operation, written.error(), nullptr);
        return;
    }
    written->type = type.value_or(written->type);
    operation->quiet = !request.acknowledge;
    const pv::Status sent = channel.link->circuit_->write(channel.sid, wire::ca::Ioid{operation->id}, written->type,
                                                          written->value, request.wait);
    if (sent.ok()) {
        touch(*channel.link);
    } else {
        complete(*operation, sent, nullptr);
    }
}

void Client::cancel(pv::ChannelId channel, pv::Token token, pv::Sink& sink)
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(channel));
    for (std::uint32_t id = opening != nullptr ? opening->operations : 0; id != 0;) {
        Operation& operation = operations_.get(id);
        id = operation.next;
        if (operation.token == token && operation.sink == &sink) {
            erase(operation);
            return;
        }
    }
}

void Client::answered(const ReadAnswer& answer)
{
    Operation* const operation = operations_.find(static_cast<std::uint32_t>(answer.ioid));
    if (operation == nullptr || operation->kind == Operation::Kind::write) {
        return; // cancelled
    }
    Channel& channel = channels_.get(operation->channel);
    if (operation->kind == Operation::Kind::describe) {
        operations_.erase(operation->id);
        described(channel, answer);
        return;
    }
    if (answer.status != Eca::normal) {
        complete(*operation, wire::ca::to_status(answer.status), nullptr);
        return;
    }
    const Family family = is_valid(answer.type) ? wire::ca::family(answer.type) : Family::plain;
    const bool has_meta = family == Family::gr || family == Family::ctrl;
    const pv::MetaRef present = channel.meta; // the sink may close the channel
    pv::Meta meta = has_meta ? *present : pv::Meta{};
    const auto shape = present->is_array ? wire::ca::Shape::array : wire::ca::Shape::by_count;
    auto sample = wire::ca::decode_value(answer.type, answer.count, answer.data, shape, has_meta ? &meta : nullptr);
    if (!sample) {
        complete(*operation,
                 {pv::Outcome::get_failed, fmt::format("the answer makes no sense: {}", sample.error().what)}, nullptr);
        return;
    }
    sample->meta = has_meta ? &meta : present.get();
    complete(*operation, {}, &*sample);
}

void Client::written(wire::ca::Ioid ioid, Eca status)
{
    Operation* const operation = operations_.find(static_cast<std::uint32_t>(ioid));
    if (operation == nullptr || operation->kind != Operation::Kind::write) {
        return;
    }
    if (operation->quiet && status == Eca::normal) {
        erase(*operation);
    } else {
        complete(*operation, wire::ca::to_status(status), nullptr);
    }
}

void Client::complete(Operation& operation, const pv::Status& status, const pv::Sample* sample)
{
    pv::Sink& sink = *operation.sink;
    const pv::Token token = operation.token;
    erase(operation);
    sink.completed(token, status, sample);
}

void Client::erase(Operation& operation)
{
    unlink(operations_, openings_.get(operation.opening).operations, operation);
    operations_.erase(operation.id);
}

void Client::disconnect_operations(Channel& channel, const pv::Status& why)
{
    std::vector<std::uint32_t> ended;
    for (std::uint32_t at = channel.openings; at != 0; at = openings_.get(at).next) {
        for (std::uint32_t id = openings_.get(at).operations; id != 0; id = operations_.get(id).next) {
            ended.push_back(id);
        }
    }
    for (const std::uint32_t id : ended) {
        if (Operation* const operation = operations_.find(id)) {
            complete(*operation, why, nullptr);
        }
    }
}

} // namespace iochron::client::ca
