#include "server/ca/service.h"

namespace iochron::server::ca {

Service::Service(Surroundings surroundings)
    : server::Service(
          std::move(surroundings),
          {.prefix = "ca.server.", .sessions = "circuits", .id_at = wire::ca::p2_offset, .may_replace = true}),
      search_counts_(around().counters)
{}

std::size_t Service::updates(std::span<const pv::Update> batch)
{
    return deliver(batch, [this](const Group& group, const pv::Sample& sample) { return encode(group, sample); });
}

EncodedUpdate Service::encode(const Group& group, const pv::Sample& sample)
{
    return encoder_.encode(wire::ca::Dbr{group.type}, group.count, sample);
}

EncodedUpdate Service::refuse(const Group& group, const pv::Status& why)
{
    return encoder_.failure({.type = wire::ca::Dbr{group.type}, .asked = group.count},
                            to_eca(why.outcome, wire::ca::Asked::read));
}

} // namespace iochron::server::ca
