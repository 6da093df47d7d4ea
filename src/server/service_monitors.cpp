// What the Service does about subscriptions: groups, first values, updates.
#include "server/service.h"

#include <algorithm>

namespace iochron::server {

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
    group_made(it);
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
    group_ended(it);
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
        fanout_.join(group, member, 1);
        send_failure(group, member, pv::Outcome::no_read_access);
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
    fanout_.forget_places(group);
    if (!pv.rights.read) {
        fanout_.at(group).flags = blind;
        ++fanout_.at(group).updates; // so that the counts of a member tell all that was put for it
        fanout_.each_member(group, [&](Member member) { send_failure(group, member, pv::Outcome::no_read_access); });
        return;
    }
    fanout_.at(group).flags = 0;
    const pv::SubscribeRequest request{.channel = pv.channel,
                                       .mask = pv::Mask{it.mask},
                                       .token = pv::Token{group},
                                       .count = it.count,
                                       .properties_apart = properties_apart_};
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
                           sessions_[member.lane]->peer(), *this);
}

void Service::first_value(const Operation& operation, const pv::Status& status, const pv::Sample* sample)
{
    note_joining(operation.group);
    const Member member{operation.lane, operation.wire_id};
    const Group& it = fanout_.at(operation.group);
    fanout_.join(operation.group, member, 1);
    if (!status.ok() || sample == nullptr) {
        send_failure(operation.group, member, status);
        return;
    }
    const EncodedUpdate update = encode(it, *sample);
    fanout_.send(member, update, id_at_);
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

void Service::send_failure(GroupIndex group, Member member, const pv::Status& why)
{
    fanout_.send(member, refuse(fanout_.at(group), why), id_at_);
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

} // namespace iochron::server
