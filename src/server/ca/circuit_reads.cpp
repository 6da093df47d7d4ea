// Reads of a circuit's channels: READ_NOTIFY, and READ of old clients.
#include "server/ca/circuit.h"
#include "wire/ca/text.h"
#include "wire/ca/value.h"

namespace iochron::server::ca {
namespace {

using wire::ca::Asked;
using wire::ca::Dbr;
using wire::ca::Eca;

constexpr std::uint16_t minor_extended = 9;
/// A peer may ask for more elements than there are, and gets zeros for them; but not for more zeros than this.
constexpr std::uint64_t most_zeros_bytes = 1u << 20;
/// The zeros that go with a failure.
constexpr std::uint64_t most_failure_bytes = 64u << 10;

wire::ca::ValueMessage reply_to(const wire::ca::Header& request)
{
    return {
        .command = wire::ca::Command::read_notify, .type = Dbr{request.type}, .asked = request.count, .p2 = request.p2};
}

} // namespace

bool Circuit::fits(const Message& message, ChannelIndex index, std::uint32_t count)
{
    const Channel& channel = channels_[index];
    const Dbr type{message.header.type};
    const pv::MetaRef meta = service_.describe(channel.pv);
    const std::uint32_t native = meta->is_array ? meta->max_count : 1;
    const std::uint64_t bytes = dbr_bytes(type, count == 0 ? native : count);
    const char* problem = nullptr;
    Eca status = Eca::normal;
    if (count > native && bytes - dbr_bytes(type, native) > most_zeros_bytes) {
        status = Eca::badcount;
        problem = "the channel never has so many elements";
    } else if (bytes > service_.around().limits.message_bytes) {
        status = Eca::tolarge;
        problem = "the value would be larger than this server sends";
    } else if (minor_ < minor_extended && wire::ca::needs_extended(wire::ca::padded(bytes), count)) {
        status = Eca::array16k_client;
        problem = "the client's version of CA cannot take so large a value";
    }
    if (problem != nullptr) {
        error(message.header, status, problem, channel.cid);
    }
    return problem == nullptr;
}

void Circuit::read_notify(const Message& message)
{
    start_read(message, Operation::Kind::read_notify);
}

void Circuit::read(const Message& message)
{
    start_read(message, Operation::Kind::read);
}

void Circuit::start_read(const Message& message, Operation::Kind kind)
{
    const ChannelIndex index = channel_of(message);
    if (index == none) {
        return;
    }
    const wire::ca::Header& request = message.header;
    const Dbr type{request.type};
    if (!is_valid(type)) {
        error(request, Eca::badtype, "no such type", channels_[index].cid);
        return;
    }
    if (!fits(message, index, request.count) || queue_behind_write(index, message, false)) {
        return;
    }
    if (!service_.pv(channels_[index].pv).rights.read) {
        read_failed(kind, index, request, Eca::nordaccess, "");
    } else if (type == Dbr::put_ackt || type == Dbr::put_acks) {
        read_failed(kind, index, request, Eca::getfail, "the type can only be written");
    } else if (operations_.size() >= service_.around().limits.operations) {
        error(request, Eca::allocmem, "too many requests are under way", channels_[index].cid);
    } else {
        Operation operation;
        operation.kind = kind;
        operation.lane = lane_;
        operation.channel = index;
        operation.remember(request);
        service_.read(channels_[index].pv, operation, request.count);
    }
}

/// READ_NOTIFY carries its failure itself, with zeros for a value since some clients insist on one; READ cannot.
void Circuit::read_failed(Operation::Kind kind, ChannelIndex index, const wire::ca::Header& request, Eca status,
                          std::string_view text)
{
    const Dbr type{request.type};
    if (kind == Operation::Kind::read || dbr_bytes(type, request.count) > most_failure_bytes) {
        channel_error(request, status, text, index);
        return;
    }
    output().append(service_.encoder().failure(reply_to(request), status).head);
}

void Circuit::read_completed(const Operation& operation, const pv::Status& status, const pv::Sample* sample)
{
    if (!status.ok() || sample == nullptr) {
        read_failed(operation.kind, operation.channel, operation.remembered<wire::ca::Header>(),
                    to_eca(status.outcome, Asked::read), status.text);
        return;
    }
    const auto request = operation.remembered<wire::ca::Header>();
    if (operation.kind == Operation::Kind::read_notify) {
        const EncodedUpdate reply = service_.encoder().encode(reply_to(request), *sample);
        output().append(reply.head);
        output().share(reply.payload.bytes, reply.payload.owner);
        return;
    }
    std::expected<pv::Sample, pv::Status> text;
    if (wire::ca::has_text_rules(Dbr{request.type}, *sample)) {
        text = wire::ca::text_by_rules(Dbr{request.type}, request.count, *sample);
        sample = text ? &*text : nullptr;
    }
    const pv::Status done = sample == nullptr ? text.error()
                                              : encode_read_reply(output(), Dbr{request.type}, request.count,
                                                                  wire::ca::Cid{channels_[operation.channel].cid},
                                                                  wire::ca::Ioid{request.p2}, *sample);
    if (!done.ok()) {
        read_failed(operation.kind, operation.channel, request, to_eca(done.outcome, Asked::read), done.text);
    }
}

} // namespace iochron::server::ca
