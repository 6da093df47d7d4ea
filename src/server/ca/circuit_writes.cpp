// Writes to a circuit's channels: WRITE, and WRITE_NOTIFY, which is answered when all that it caused is done.
#include "server/ca/circuit.h"
#include "wire/ca/message.h"
#include "wire/ca/value.h"
#include "wire/ca/write.h"

#include <utility>

namespace iochron::server::ca {
namespace {

using wire::ca::Asked;
using wire::ca::Dbr;
using wire::ca::Eca;

/// DBR_PUT_ACKT and DBR_PUT_ACKS are writes of another kind; all other types carry a value.
pv::WriteKind kind_of(Dbr type)
{
    return type == Dbr::put_ackt   ? pv::WriteKind::acknowledge_transient
           : type == Dbr::put_acks ? pv::WriteKind::acknowledge_severity
                                   : pv::WriteKind::value;
}

} // namespace

void Circuit::write(const Message& message)
{
    start_write(message, Operation::Kind::write);
}

void Circuit::write_notify(const Message& message)
{
    start_write(message, Operation::Kind::write_notify);
}

void Circuit::start_write(const Message& message, Operation::Kind kind)
{
    const ChannelIndex index = channel_of(message);
    const bool notify = kind == Operation::Kind::write_notify;
    if (index == none || queue_behind_write(index, message, notify)) {
        return;
    }
    const wire::ca::Header& request = message.header;
    const Dbr type{request.type};
    Eca refused = Eca::normal;
    std::string_view why;
    if (!is_valid(type)) {
        refused = Eca::badtype;
        why = "no such type";
    } else if (!service_.pv(channels_[index].pv).rights.write) {
        refused = Eca::nowtaccess;
    } else if (operations_.size() >= service_.around().limits.operations) {
        refused = Eca::allocmem;
        why = "too many requests are under way";
    } else if (notify && family(type) != wire::ca::Family::plain && type != Dbr::put_ackt && type != Dbr::put_acks) {
        // rsrv takes them in a WRITE only
        refused = Eca::putfail;
        why = "the type cannot be written";
    }
    if (refused != Eca::normal) {
        write_failed(kind, index, request, refused, why);
        return;
    }
    auto value = wire::ca::decode_written(type, request.count, message.payload);
    if (!value) {
        write_failed(kind, index, request, Eca::putfail, value.error().what);
        return;
    }
    Operation operation;
    operation.kind = kind;
    operation.lane = lane_;
    operation.channel = index;
    operation.remember(request);
    const base::Handle handle = service_.write(channels_[index].pv, operation,
                                               {.value = std::move(*value), .wait = notify, .kind = kind_of(type)});
    if (notify && service_.pending(handle)) {
        extra(index).writing = handle;
    }
}

void Circuit::write_failed(Operation::Kind kind, ChannelIndex index, const wire::ca::Header& request, Eca status,
                           std::string_view text)
{
    if (kind == Operation::Kind::write) {
        channel_error(request, status, text, index);
        return;
    }
    encode(output(), wire::ca::WriteNotifyReply{.type = Dbr{request.type},
                                                .count = request.count,
                                                .status = status,
                                                .ioid = wire::ca::Ioid{request.p2}});
}

void Circuit::write_completed(base::Handle handle, const Operation& operation, const pv::Status& status)
{
    const ChannelIndex index = operation.channel;
    if (!status.ok()) {
        write_failed(operation.kind, index, operation.remembered<wire::ca::Header>(),
                     to_eca(status.outcome, Asked::write), status.text);
    } else if (operation.kind == Operation::Kind::write_notify) {
        write_failed(operation.kind, index, operation.remembered<wire::ca::Header>(), Eca::normal, {});
    }
    if (channels_[index].extra != none && extras_[channels_[index].extra].writing == handle) {
        extras_[channels_[index].extra].writing.reset();
        run_queued(index);
    }
}

/// One put with completion is under way per channel, as in EPICS; what comes for the channel meanwhile waits for it in
/// order. All other channels of the circuit go on: rsrv stops reading the circuit instead.
bool Circuit::queue_behind_write(ChannelIndex index, const Message& message, bool notify)
{
    if (channels_[index].extra == none) {
        return false;
    }
    Extra& extra = extras_[channels_[index].extra];
    if (!extra.writing || (!notify && extra.queued.empty())) {
        return false;
    }
    const std::size_t bytes = header_bytes(message.header) + message.payload.size();
    if (queued_bytes_ + bytes > service_.around().limits.message_bytes ||
        extra.queued.size() >= service_.around().limits.operations) {
        error(message.header, Eca::putcbinprog, "too much waits for an earlier put", channels_[index].cid);
        return true;
    }
    std::vector<std::byte> whole(bytes);
    base::Writer writer(whole);
    wire::ca::encode(writer, message.header);
    writer.bytes(message.payload);
    extra.queued.push_back(std::move(whole));
    queued_bytes_ += bytes;
    return true;
}

void Circuit::run_queued(ChannelIndex index)
{
    while (channels_[index].extra != none) {
        Extra& extra = extras_[channels_[index].extra];
        if (extra.writing || extra.queued.empty()) {
            return;
        }
        std::deque<std::vector<std::byte>> rest =
            std::exchange(extra.queued, {}); // so that this one is not queued again
        const std::vector<std::byte> whole = std::move(rest.front());
        rest.pop_front();
        queued_bytes_ -= whole.size();
        const wire::ca::Frame frame = wire::ca::next_message(whole);
        dispatch({frame.header, frame.payload});
        if (channels_[index].extra != none) {
            extras_[channels_[index].extra].queued = std::move(rest);
        }
    }
}

} // namespace iochron::server::ca
