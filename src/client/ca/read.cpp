#include "wire/ca/read.h"

#include "client/ca/circuit.h"
#include "wire/ca/message.h"

namespace iochron::client::ca {

void Circuit::read(wire::ca::Sid sid, wire::ca::Ioid ioid, wire::ca::Dbr type, std::uint32_t count)
{
    encode(output_, wire::ca::ReadNotify{.type = type, .count = count, .sid = sid, .ioid = ioid});
}

void Circuit::take_read(const Header& header, Payload payload)
{
    const wire::ca::ReadNotifyReply reply = wire::ca::decode_read_notify_reply(header, payload);
    user_.read({.ioid = reply.ioid,
                .status = minor_ >= 1 ? reply.status : wire::ca::Eca::normal,
                .type = reply.type,
                .count = reply.count,
                .data = reply.data});
}

} // namespace iochron::client::ca
