#include "wire/ca/channel.h"

#include "client/ca/circuit.h"
#include "wire/ca/message.h"

namespace iochron::client::ca {

void Circuit::create_channel(wire::ca::Cid channel, std::string_view name)
{
    encode(output_, wire::ca::CreateChannel{.cid = channel, .name = name});
}

void Circuit::clear_channel(wire::ca::Sid sid, wire::ca::Cid channel)
{
    encode(output_, wire::ca::ClearChannel{.sid = sid, .cid = channel});
}

void Circuit::take_rights(const Header& header, Payload /*payload*/)
{
    const wire::ca::AccessRights rights = wire::ca::decode_access_rights(header);
    user_.rights(rights.cid, {.read = rights.read, .write = rights.write});
}

void Circuit::take_created(const Header& header, Payload /*payload*/)
{
    const auto created = wire::ca::decode_channel_created(header);
    if (!created) {
        fail(created.error().what);
        return;
    }
    user_.created(created->cid, created->sid, created->type, created->count);
}

void Circuit::take_lost(const Header& header, Payload /*payload*/)
{
    user_.lost(wire::ca::decode_create_failed(header).cid); // SERVER_DISCONN has the same form
}

} // namespace iochron::client::ca
