#include "wire/ca/write.h"

#include "client/ca/circuit.h"
#include "wire/ca/value.h"

namespace iochron::client::ca {

// A plain write has no answer. An echo behind it has, and servers answer it after what came before; all writes of a
// turn share one, which output() sends.
pv::Status Circuit::write(wire::ca::Sid sid, wire::ca::Ioid ioid, wire::ca::Dbr type, const pv::Value& value,
                          bool notify)
{
    const wire::ca::Command command = notify ? wire::ca::Command::write_notify : wire::ca::Command::write;
    const auto id = static_cast<std::uint32_t>(ioid); // of a plain write it comes back in an ERROR
    pv::Status status = encode_write(output_, command, type, sid, id, value);
    if (status.ok() && !notify) {
        unproven_writes_.push_back({echoes_sent_ + 1, ioid});
        owes_echo_ = true;
    }
    return status;
}

void Circuit::take_written(const Header& header, Payload /*payload*/)
{
    const wire::ca::WriteNotifyReply reply = wire::ca::decode_write_notify_reply(header);
    user_.written(reply.ioid, reply.status);
}

// Writes that failed were told by an ERROR before; their ids mean nothing any more.
void Circuit::confirm_writes()
{
    while (!unproven_writes_.empty() && unproven_writes_.front().echo <= echoes_answered_) {
        const wire::ca::Ioid ioid = unproven_writes_.front().ioid;
        unproven_writes_.pop_front();
        user_.written(ioid, wire::ca::Eca::normal);
    }
}

} // namespace iochron::client::ca
