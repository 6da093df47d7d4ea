#include "pv/source.h"

namespace iochron::pv {

void Source::rpc(ChannelId, Token token, const Value&, const Peer&, Sink& sink)
{
    sink.completed(token, {Outcome::unsupported, "this PV answers no remote procedure call"}, nullptr);
}

void Source::process(ChannelId, Token token, bool, const Peer&, Sink& sink)
{
    sink.completed(token, {Outcome::unsupported, "this PV is no record and cannot be processed"}, nullptr);
}

void Source::give_up(const OpenRequest&, Sink&) {}

std::string Source::server_name(ChannelId)
{
    return {};
}

void Source::credit(SubscriptionId, std::uint32_t) {}

} // namespace iochron::pv
