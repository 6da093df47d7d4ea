#include "wire/ca/search.h"

#include "client/ca/circuit.h"

namespace iochron::client::ca {

void Circuit::take_search_reply(const Header& header, Payload payload)
{
    const wire::ca::SearchReply reply = wire::ca::decode_search_reply(header, payload);
    const base::Ipv4 address = reply.address == wire::ca::no_id ? settings_.server.address : base::Ipv4{reply.address};
    user_.found(reply.id, {address, reply.port});
}

} // namespace iochron::client::ca
