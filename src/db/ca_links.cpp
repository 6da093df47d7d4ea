#include "db/core.h"

#include <algorithm>
#include <tuple>

namespace iochron::db {

namespace {

constexpr std::uint8_t by_channel_access = link_ca | link_cp | link_cpp;

bool is_ca_link(const Link& link)
{
    return link.kind == LinkKind::remote || (link.kind == LinkKind::record && (link.flags & by_channel_access) != 0);
}

CaLink shown(const Core& core, LinkId id)
{
    const Link& link = core.links[id];
    const Record& owner = core.records[link.owner];
    const Field& field = core.field(owner, link.owner_field);
    CaLink shown{.record = core.name(owner), .field = field.name, .target = core.link_text(id), .server = {}};
    shown.target = shown.target.substr(0, shown.target.find(' '));
    shown.monitors = field.type == Dbf::inlink;
    if (link.kind == LinkKind::record) {
        shown.connected = true;
        shown.rights = {};
        return shown;
    }
    const Remote& remote = core.remotes.at(link);
    shown.connected = remote.connected;
    shown.rights = remote.rights;
    shown.texts = remote.choices != pv::SubscriptionId{};
    shown.losses = remote.losses;
    shown.replaced = remote.replaced;
    shown.server = core.remotes.server_name(remote);
    return shown;
}

} // namespace

std::vector<CaLink> Database::ca_links() const
{
    const Core& core = *core_;
    std::vector<LinkId> found;
    for (std::uint32_t i = 1; i < core.links.end(); ++i) {
        if (is_ca_link(core.links[LinkId{i}])) {
            found.push_back(LinkId{i});
        }
    }
    std::ranges::sort(found, {}, [&](LinkId id) {
        const Link& link = core.links[id];
        return std::tuple(core.records[link.owner].type, link.owner, std::uint16_t{link.owner_field});
    });
    std::vector<CaLink> all;
    all.reserve(found.size());
    for (const LinkId id : found) {
        all.push_back(shown(core, id));
    }
    return all;
}

} // namespace iochron::db
