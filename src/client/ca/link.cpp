#include "client/ca/link.h"

#include "client/ca/client.h"

namespace iochron::client::ca {

void Link::rights(wire::ca::Cid channel, pv::Rights rights)
{
    client_.rights(*this, channel, rights);
}

void Link::created(wire::ca::Cid channel, wire::ca::Sid sid, wire::ca::Dbr native, std::uint32_t count)
{
    client_.created(*this, channel, sid, native, count);
}

void Link::lost(wire::ca::Cid channel)
{
    client_.lost(*this, channel);
}

void Link::read(const ReadAnswer& answer)
{
    client_.answered(answer);
}

void Link::written(wire::ca::Ioid ioid, wire::ca::Eca status)
{
    client_.written(ioid, status);
}

void Link::properties(Monitor& monitor, wire::ca::Dbr type, std::uint32_t count, std::span<const std::byte> data)
{
    client_.properties(monitor, type, count, data);
}

void Link::monitor_failed(wire::ca::SubId subscription, wire::ca::Eca status)
{
    client_.monitor_failed(subscription, status);
}

void Link::found(wire::ca::Cid channel, const base::Endpoint& where)
{
    client_.found(channel, where, 0);
}

void Link::responsive(bool yes)
{
    client_.responsive(*this, yes);
}

void Link::complaint(std::string_view text)
{
    const std::string server = to_string(settings_.server);
    client_.log_.warning("ca.client.server " + server, "CA server {}: {}", server, text);
}

void Link::gone(std::string_view why)
{
    client_.gone(*this, why); // destroys this
}

void Link::settled()
{
    client_.tell_opened();
    client_.sinks_.settle();
}

} // namespace iochron::client::ca
