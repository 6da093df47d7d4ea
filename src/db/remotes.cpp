#include "db/remotes.h"

#include "db/core.h"
#include "pv/convert.h"

#include <fmt/format.h>

#include <utility>

namespace iochron::db {

namespace {

constexpr unsigned serial_bits = 28;
constexpr unsigned use_shift = 32 + serial_bits;
constexpr std::uint32_t most_serials = (1u << serial_bits) - 1;
constexpr std::string_view time_field = ".TIME";

} // namespace

Remotes::Remotes(Core& core)
    : core_(core), lost_(core.with.counters.get("db.links_lost")),
      replaced_(core.with.counters.get("db.link_writes_replaced"))
{}

Remotes::~Remotes()
{
    leave();
}

pv::Token Remotes::token(const Remote& remote, Use use) const
{
    return pv::Token{std::uint64_t{core_.links[remote.link].remote} | std::uint64_t{remote.serial} << 32 |
                     static_cast<std::uint64_t>(use) << use_shift};
}

Remotes::Use Remotes::use(pv::Token token)
{
    return static_cast<Use>(static_cast<std::uint64_t>(token) >> use_shift);
}

Remote* Remotes::find(pv::Token token)
{
    const auto node = static_cast<Node>(token);
    const auto serial = static_cast<std::uint32_t>(static_cast<std::uint64_t>(token) >> 32) & most_serials;
    if (node == 0 || node >= nodes_.end() || nodes_[node].link == no_link || nodes_[node].serial != serial) {
        return nullptr;
    }
    return &nodes_[node];
}

std::string_view Remotes::name(const Remote& remote) const
{
    const std::string_view text = core_.links.text(remote.link);
    return core_.links[remote.link].is(link_time) ? text.substr(0, text.find(time_field)) : text;
}

std::string Remotes::owner(const Remote& remote) const
{
    const Link& link = core_.links[remote.link];
    const Record& record = core_.records[link.owner];
    return fmt::format("{}.{}", core_.name(record), core_.field(record, link.owner_field).name);
}

void Remotes::make(LinkId id)
{
    Link& link = core_.links[id];
    const Node node = nodes_.make();
    Remote& remote = nodes_[node];
    remote.link = id;
    serials_ = serials_ == most_serials ? 1 : serials_ + 1;
    remote.serial = serials_;
    link.kind = LinkKind::remote;
    link.remote = node;
    const Field& field = core_.field(core_.records[link.owner], link.owner_field);
    const std::string_view target = core_.links.text(id);
    if (field.name == "TSEL" && target.ends_with(time_field)) {
        link.flags |= link_time;
    }
    if (field.type == Dbf::fwdlink) { // as EPICS Base has it: "PROC" behind the last dot
        const std::size_t dot = target.rfind('.');
        remote.forwards = dot != std::string_view::npos && target.find("PROC", dot) != std::string_view::npos;
        if (!remote.forwards) {
            core_.with.log.warning("db.link",
                                   "{}: a forward link to another IOC works only if it names a PROC field, "
                                   "'{}' does not, so nothing will process",
                                   owner(remote), target);
        }
    }
}

void Remotes::connect(LinkId id)
{
    Remote& remote = nodes_[core_.links[id].remote];
    if (remote.asked || left_) {
        return;
    }
    if (source_ == nullptr) {
        source_ = core_.with.network();
    }
    remote.asked = true;
    const pv::OpenRequest request{name(remote), token(remote, Use::value)};
    source_->open({&request, 1}, {}, *this);
}

void Remotes::connect()
{
    std::vector<LinkId> links;
    each([&](const Remote& remote) { links.push_back(remote.link); });
    for (const LinkId link : links) {
        connect(link);
    }
}

void Remotes::release(Remote& remote)
{
    if (source_ != nullptr && remote.asked) {
        if (remote.channel != pv::ChannelId{}) {
            source_->close(remote.channel);
        } else {
            source_->give_up({name(remote), token(remote, Use::value)}, *this);
        }
    }
    remote.channel = {};
    remote.subscription = {};
    remote.choices = {};
    remote.writing = 0;
    lose(remote);
}

void Remotes::end(LinkId id)
{
    const Node node = core_.links[id].remote;
    release(nodes_[node]);
    nodes_.free(node);
}

void Remotes::leave()
{
    for (Node node = 1; node < nodes_.end(); ++node) {
        if (nodes_[node].link != no_link) {
            release(nodes_[node]);
        }
    }
    source_ = nullptr;
    left_ = true;
}

// What does not come back by itself: the value, what was to be written, and the owner's wait for it.
void Remotes::lose(Remote& remote)
{
    remote.connected = false;
    remote.rights = {.read = false, .write = false};
    remote.value = {};
    if (!std::exchange(remote.next, {}).empty()) {
        ++remote.replaced;
        replaced_.add();
    }
    if (std::exchange(remote.waits, false)) {
        core_.finished.push_back(core_.links[remote.link].owner);
    }
}

void Remotes::opened(std::span<const pv::Opened> answers)
{
    for (const pv::Opened& answer : answers) {
        Remote* const remote = find(answer.token);
        if (remote == nullptr) {
            continue;
        }
        if (!answer.status.ok()) {
            core_.with.log.warning("db.link", "{}: '{}' stays unconnected: {}", owner(*remote), name(*remote),
                                   answer.status.text);
            continue;
        }
        remote->channel = answer.channel;
        remote->meta = answer.meta;
        remote->rights = answer.rights;
        remote->connected = true;
        subscribe(*remote);
    }
}

// A Source goes on with a subscription after a loss by itself.
void Remotes::subscribe(Remote& remote)
{
    const Link& link = core_.links[remote.link];
    const bool reads = core_.field(core_.records[link.owner], link.owner_field).type == Dbf::inlink;
    if (reads && remote.subscription == pv::SubscriptionId{}) {
        remote.subscription =
            source_->subscribe({.channel = remote.channel, .token = token(remote, Use::value)}, *this);
    }
}

pv::MetaRef Remotes::text_meta(const Link& link)
{
    Remote& remote = nodes_[link.remote];
    if (remote.meta == nullptr || remote.meta->type != pv::ScalarType::enumeration) {
        return nullptr;
    }
    if (remote.choices == pv::SubscriptionId{}) {
        remote.choices = source_->subscribe(
            {.channel = remote.channel, .mask = pv::Mask::property, .token = token(remote, Use::choices)}, *this);
    }
    return remote.meta;
}

// hot: nothing is allocated; the owner processes once for all that come together.
std::size_t Remotes::updates(std::span<const pv::Update> batch)
{
    for (const pv::Update& update : batch) {
        Remote* const remote = find(update.token);
        if (remote == nullptr || use(update.token) != Use::value) {
            continue;
        }
        remote->value = update.sample.value;
        remote->time = update.sample.time;
        remote->user_tag = update.sample.user_tag;
        remote->alarm = update.sample.alarm;
        core_.trigger(remote->link);
    }
    return batch.size();
}

void Remotes::rights_changed(pv::Token channel, pv::Rights rights)
{
    Remote* const remote = find(channel);
    if (remote != nullptr && remote->connected) {
        remote->rights = rights;
        if (!rights.read || !rights.write) {
            core_.trigger(remote->link);
        }
    }
}

void Remotes::meta_changed(pv::Token channel, const pv::MetaRef& meta)
{
    if (Remote* const remote = find(channel)) {
        remote->meta = meta;
    }
}

void Remotes::closed(pv::Token channel, const pv::Status&)
{
    if (Remote* const remote = find(channel)) {
        lose(*remote);
        ++remote->losses;
        lost_.add();
        core_.trigger(remote->link);
    }
}

void Remotes::settled()
{
    if (core_.started && (!core_.triggers.empty() || !core_.finished.empty() || has_writes())) {
        const Entry entry(core_);
    }
}

std::string Remotes::server_name(const Remote& remote) const
{
    return source_ != nullptr && remote.connected ? source_->server_name(remote.channel) : std::string();
}

} // namespace iochron::db
