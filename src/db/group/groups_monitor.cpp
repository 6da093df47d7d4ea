// What groups tell those who monitor them.
#include "db/group/groups.h"

#include <algorithm>

namespace iochron::db::group {
namespace {

constexpr pv::Mask changes = pv::Mask::value | pv::Mask::log | pv::Mask::alarm;

}

pv::SubscriptionId Groups::subscribe(const pv::SubscribeRequest& request, pv::Sink& sink)
{
    Group* const group = find(request.channel);
    if (group == nullptr) {
        return {};
    }
    database_.together([&] {
        if (group->subscribers.empty()) {
            listen(*group);
        }
        refresh_all(*group);
    });
    const pv::SubscriptionId id{subscriptions_.insert(group).bits()};
    group->subscribers.push_back({id, request.channel, request.token, &sink});
    const pv::Update first{request.token, sample(*group, pv::Value::of(*group->state))};
    sink.updates({&first, 1});
    touch(sink);
    return id;
}

void Groups::unsubscribe(pv::SubscriptionId subscription)
{
    const auto handle = base::Handle::from_bits(static_cast<std::uint64_t>(subscription));
    Group** const found = subscriptions_.find(handle);
    if (found == nullptr) {
        return;
    }
    Group& group = **found;
    subscriptions_.erase(handle);
    std::erase_if(group.subscribers, [&](const Subscriber& subscriber) { return subscriber.id == subscription; });
    if (group.subscribers.empty()) {
        ignore(group);
    }
}

void Groups::listen(Group& group)
{
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        Member& member = group.members[i];
        if (member.channel != pv::ChannelId{}) {
            member.subscription = database_.subscribe({.channel = member.channel,
                                                       .mask = changes | pv::Mask::property,
                                                       .token = pv::Token{group.first_token + i}},
                                                      *this);
        }
    }
}

void Groups::ignore(Group& group)
{
    for (Member& member : group.members) {
        if (member.subscription != pv::SubscriptionId{}) {
            database_.unsubscribe(std::exchange(member.subscription, pv::SubscriptionId{}));
        }
        member.seen = false;
        member.fired = false;
    }
    group.fired = false;
    group.pending.clear();
}

std::size_t Groups::updates(std::span<const pv::Update> batch)
{
    for (const pv::Update& update : batch) {
        const auto [group, number] = members_[static_cast<std::size_t>(update.token)];
        if (update.sample.mask != pv::Mask::none) { // a first value was read already
            heed(*group, group->members[number], update.sample);
        }
    }
    return batch.size();
}

/// The state follows each event of its fields, so that an update which cannot wait for the end of the work is as true
/// as one that can. It cannot wait once a field has another event: what was triggered before belongs to the one before.
void Groups::heed(Group& group, Member& member, const pv::Sample& sample)
{
    const bool of_property = any(sample.mask & pv::Mask::property);
    // As in QSRV 2: alarm and time stamp alone are told when the alarm changes.
    const pv::Mask triggering = member.mapping.kind == Kind::meta ? pv::Mask::alarm : changes;
    const bool triggers = any(sample.mask & triggering) && !member.targets.empty();
    const bool changing = any(sample.mask & changes);
    if (changing && member.seen && group.fired) {
        tell(group, false);
    }
    member.seen = member.seen || changing;
    take(*group.state, member.mapping, sample, *sample.meta, of_property ? pv::Parts::all : pv::Parts::changing);
    if (of_property && (member.mapping.kind == Kind::scalar)) {
        pv::BitSet properties = member.mapping.all;
        for (std::size_t i = member.mapping.changing.next(0); i != pv::BitSet::none_left;
             i = member.mapping.changing.next(i + 1)) {
            properties.reset(i);
        }
        group.pending |= properties;
    }
    if (triggers) {
        member.fired = true;
        group.fired = true;
        for (const std::uint32_t target : member.targets) {
            group.pending |= group.members[target].mapping.changing;
        }
    }
    if (group.pending.any() && !group.listed) {
        group.listed = true;
        pending_.push_back(&group);
    }
}

void Groups::settled()
{
    tell_all();
    for (pv::Sink* const sink : std::exchange(touched_, {})) {
        sink->settled();
    }
}

void Groups::tell_all()
{
    for (Group* const group : std::exchange(pending_, {})) {
        group->listed = false;
        tell(*group, true);
    }
}

/// `fresh`: what is told may be read once more, since fields change without an event too.
void Groups::tell(Group& group, bool fresh)
{
    if (group.pending.none() || group.subscribers.empty()) {
        return;
    }
    if (fresh) {
        pv::BitSet targets;
        for (const Member& member : group.members) {
            for (std::size_t i = 0; member.fired && i < member.targets.size(); ++i) {
                targets.set(member.targets[i]);
            }
        }
        database_.together([&] {
            for (std::size_t i = targets.next(0); i != pv::BitSet::none_left; i = targets.next(i + 1)) {
                refresh(group, group.members[i], pv::Parts::changing);
            }
        });
    }
    pv::Structure delta = *group.state;
    delta.keep_marks(std::exchange(group.pending, {}));
    group.fired = false;
    for (Member& member : group.members) {
        member.seen = false;
        member.fired = false;
    }
    pv::Sample sample = this->sample(group, pv::Value::of(std::move(delta)));
    sample.mask = changes;
    std::vector<pv::Update> batch;
    for (std::size_t i = 0; i < group.subscribers.size(); ++i) {
        const Subscriber& to = group.subscribers[i];
        batch.push_back({to.token, sample});
        if (i + 1 == group.subscribers.size() || group.subscribers[i + 1].sink != to.sink) {
            touch(*to.sink);
            to.sink->updates(batch);
            batch.clear();
        }
    }
}

void Groups::touch(pv::Sink& sink)
{
    if (std::ranges::find(touched_, &sink) == touched_.end()) {
        touched_.push_back(&sink);
    }
}

} // namespace iochron::db::group
