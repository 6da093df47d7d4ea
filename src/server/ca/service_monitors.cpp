// What the Service does about subscriptions: groups, first values, updates.
#include "server/ca/circuit.h"
#include "server/ca/service.h"

#include <algorithm>

namespace iochron::server::ca {
namespace {

// Flags of a Group. A group whose flags are just `primed` takes the fast way.
constexpr std::uint8_t primed = 1;  ///< its first value has come
constexpr std::uint8_t blind = 2;   ///< without read access: its members get no updates
constexpr std::uint8_t joining = 4; ///< members wait for their first value

constexpr std::size_t prefetched = 8; ///< groups ahead: doubles the rate where they are in random order

} // namespace

GroupIndex Service::find_group(PvIndex index, const Form& form) const
{
    for (GroupIndex group = pvs_.at(index).first_link; group != none; group = next_group_[group]) {
        const Group& it = fanout_.at(group);
        if (it.type == form.type && it.count == form.count && it.mask == static_cast<std::uint8_t>(form.mask)) {
            return group;
        }
    }
    return none;
}

GroupIndex Service::make_group(PvIndex index, const Form& form)
{
    const GroupIndex group = fanout_.add_group();
    subscriptions_.resize(std::max<std::size_t>(subscriptions_.size(), group + 1));
    next_group_.resize(subscriptions_.size(), none);
    Group& it = fanout_.at(group);
    it.stream = index;
    it.type = form.type;
    it.count = form.count;
    it.mask = static_cast<std::uint8_t>(form.mask);
    next_group_[group] = std::exchange(pvs_.at(index).first_link, group);
    return group;
}

void Service::drop_group(GroupIndex group)
{
    const Group& it = fanout_.at(group);
    GroupIndex* link = &pvs_.at(it.stream).first_link;
    while (*link != group) {
        link = &next_group_[*link];
    }
    *link = next_group_[group];
    if ((it.flags & blind) == 0) {
        source(it.stream).unsubscribe(subscriptions_[group]);
    }
    fanout_.remove_group(group);
}

GroupIndex Service::subscribe(PvIndex index, const Form& form, Member member)
{
    counts_.subscriptions.add();
    GroupIndex group = find_group(index, form);
    if (group == none) {
        group = make_group(index, form);
        fanout_.join(group, member);
        start(group);
    } else if ((fanout_.at(group).flags & blind) != 0) {
        fanout_.join(group, member);
        send_failure(group, member, wire::ca::Eca::nordaccess);
    } else if ((fanout_.at(group).flags & primed) != 0) {
        join_later(group, member);
    } else {
        fanout_.join(group, member); // the first value is still to come, for all
    }
    return group;
}

/// Subscribes at the Source, from which the first value comes for all members.
void Service::start(GroupIndex group)
{
    const Group& it = fanout_.at(group);
    const Pv& pv = pvs_.at(it.stream);
    if (!pv.rights.read) {
        fanout_.at(group).flags = blind;
        fanout_.each_member(group, [&](Member member) { send_failure(group, member, wire::ca::Eca::nordaccess); });
        return;
    }
    fanout_.at(group).flags = 0;
    const pv::SubscribeRequest request{
        .channel = pv.channel, .mask = pv::Mask{it.mask}, .token = pv::Token{group}, .count = it.count};
    subscriptions_[group] = source(it.stream).subscribe(request, *this);
}

/// The group is under way: the member gets the present value first. Whatever update comes before that is the present
/// value too, so the member joins with it, and the answer to the read is ignored: nothing lost, nothing twice.
void Service::join_later(GroupIndex group, Member member)
{
    Operation operation;
    operation.kind = Operation::Kind::first_value;
    operation.lane = member.lane;
    operation.group = group;
    operation.wire_id = member.wire_id;
    const base::Handle handle = operations_.insert(operation);
    joining_.push_back(handle);
    Group& it = fanout_.at(group);
    it.flags |= joining;
    source(it.stream).read({pvs_.at(it.stream).channel, pv::Token{handle.bits()}, it.count},
                           circuits_[member.lane]->peer(), *this);
}

void Service::first_value(const Operation& operation, const pv::Status& status, const pv::Sample* sample)
{
    note_joining(operation.group);
    const Member member{operation.lane, operation.wire_id};
    const Group& it = fanout_.at(operation.group);
    fanout_.join(operation.group, member, 1);
    if (!status.ok() || sample == nullptr) {
        send_failure(operation.group, member, to_eca(status.outcome, wire::ca::Asked::read));
        return;
    }
    const EncodedUpdate update = encoder_.encode(wire::ca::Dbr{it.type}, it.count, *sample);
    fanout_.send(member, update.head, wire::ca::p2_offset, update.payload);
    counts_.posted.add();
}

void Service::note_joining(GroupIndex group)
{
    const bool some =
        std::ranges::any_of(joining_, [&](base::Handle handle) { return operations_.find(handle)->group == group; });
    Group& it = fanout_.at(group);
    it.flags = static_cast<std::uint8_t>(some ? it.flags | joining : it.flags & ~joining);
}

void Service::unsubscribe(GroupIndex group, Member member)
{
    counts_.subscriptions.set(counts_.subscriptions.value() - 1);
    if (!fanout_.leave(group, member).was_member) {
        leave_early(group, member);
    }
    if (!fanout_.has_members(group) && (fanout_.at(group).flags & joining) == 0) {
        drop_group(group);
    }
}

/// A member that leaves before its first value has come.
void Service::leave_early(GroupIndex group, Member member)
{
    const auto found = std::ranges::find_if(joining_, [&](base::Handle handle) {
        const Operation& operation = *operations_.find(handle);
        return operation.group == group && operation.lane == member.lane && operation.wire_id == member.wire_id;
    });
    if (found == joining_.end()) {
        return;
    }
    const base::Handle handle = *found;
    joining_.erase(found);
    operations_.erase(handle);
    note_joining(group);
    const PvIndex index = fanout_.at(group).stream;
    source(index).cancel(pvs_.at(index).channel, pv::Token{handle.bits()}, *this);
}

// hot: one group, one frame, no allocation; encoded once, copied to each member.
std::size_t Service::updates(std::span<const pv::Update> batch)
{
    std::size_t made = 0;
    for (std::size_t i = 0; i < std::min(prefetched, batch.size()); ++i) {
        fanout_.prefetch(static_cast<GroupIndex>(batch[i].token));
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (i + prefetched < batch.size()) {
            fanout_.prefetch(static_cast<GroupIndex>(batch[i + prefetched].token));
        }
        const auto index = static_cast<GroupIndex>(batch[i].token);
        Group& group = fanout_.at(index);
        if (group.flags != primed && !prepare(index)) {
            continue;
        }
        const EncodedUpdate update = encoder_.encode(wire::ca::Dbr{group.type}, group.count, batch[i].sample);
        made += fanout_.deliver(group, update.head, wire::ca::p2_offset, update.payload);
        if (!fanout_.full().empty()) {
            flush_full();
        }
    }
    counts_.updates.add(batch.size());
    counts_.posted.add(made);
    return made;
}

/// An update of a group that is not just primed. False: it is for nobody.
bool Service::prepare(GroupIndex index)
{
    Group& group = fanout_.at(index);
    if (!group.used || (group.flags & blind) != 0) {
        return false;
    }
    group.flags |= primed;
    if ((group.flags & joining) != 0) {
        std::erase_if(joining_, [&](base::Handle handle) {
            const Operation operation = *operations_.find(handle);
            if (operation.group != index) {
                return false;
            }
            fanout_.join(index, {operation.lane, operation.wire_id});
            operations_.erase(handle);
            return true;
        });
        group.flags = primed;
    }
    return true;
}

void Service::send_failure(GroupIndex group, Member member, wire::ca::Eca status)
{
    const Group& it = fanout_.at(group);
    const EncodedUpdate update = encoder_.failure({.type = wire::ca::Dbr{it.type}, .asked = it.count}, status);
    fanout_.send(member, update.head, wire::ca::p2_offset);
}

/// Rights to read were lost: every member is told, and none gets updates. They are back: as when the group was new.
void Service::apply_rights(PvIndex index)
{
    const bool readable = pvs_.at(index).rights.read;
    for (GroupIndex group = pvs_.at(index).first_link; group != none; group = next_group_[group]) {
        const bool was_blind = (fanout_.at(group).flags & blind) != 0;
        if (readable == !was_blind) {
            continue;
        }
        if (!readable) {
            prepare(group); // those who wait for a first value join now
            source(index).unsubscribe(subscriptions_[group]);
        }
        start(group);
    }
}

} // namespace iochron::server::ca
