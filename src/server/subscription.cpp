#include "server/subscription.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace iochron::server {
namespace {

void patch(std::byte* frame, std::size_t id_at, std::uint32_t id)
{
    std::memcpy(frame + id_at, &id, sizeof id);
}

// hot: the frame in registers, local pointers only. Captured vectors here cost half the rate (aliasing reloads).
template <std::size_t N>
void copy_sized(std::byte* to, const std::byte* frame, const std::uint32_t* ids, std::size_t n, std::size_t id_at)
{
    std::array<std::byte, N> local;
    std::memcpy(local.data(), frame, N);
    for (const std::uint32_t* const end = ids + n; ids != end; ++ids, to += N) {
        std::memcpy(to, local.data(), N);
        patch(to, id_at, *ids);
    }
}

void copy_any(std::byte* to, std::span<const std::byte> frame, const std::uint32_t* ids, std::size_t n,
              std::size_t id_at)
{
    for (const std::uint32_t* const end = ids + n; ids != end; ++ids, to += frame.size()) {
        std::memcpy(to, frame.data(), frame.size());
        patch(to, id_at, *ids);
    }
}

void copy_frames(std::byte* to, std::span<const std::byte> frame, const std::uint32_t* ids, std::size_t n,
                 std::size_t id_at)
{
    switch (frame.size()) { // the scalars of both protocols
    case 24:
        return copy_sized<24>(to, frame.data(), ids, n, id_at);
    case 32:
        return copy_sized<32>(to, frame.data(), ids, n, id_at);
    case 40:
        return copy_sized<40>(to, frame.data(), ids, n, id_at);
    default:
        return copy_any(to, frame, ids, n, id_at);
    }
}

} // namespace

void Fanout::touch(LaneIndex index)
{
    Lane& lane = lanes_[index];
    if (!lane.dirty) {
        lane.dirty = true;
        dirty_.push_back(index);
    }
}

void Fanout::mark_full(LaneIndex index)
{
    Lane& lane = lanes_[index];
    if (!lane.full) {
        lane.full = true;
        full_.push_back(index);
    }
}

void Fanout::put(Member member, std::span<const std::byte> frame, std::size_t id_at)
{
    Lane& lane = lanes_[member.lane];
    base::Output& output = *lane.updates;
    std::byte* const to = output.grow(frame.size());
    std::memcpy(to, frame.data(), frame.size());
    patch(to, id_at, member.wire_id);
    ++lane.delivered;
    touch(member.lane);
    if (output.room() < frame.size()) {
        mark_full(member.lane);
    }
}

Place& Fanout::first_place(GroupIndex group)
{
    if (first_places_.size() <= group) {
        first_places_.resize(groups_.size());
    }
    return first_places_[group];
}

/// All in one piece, so that one place tells where they lie.
void Fanout::put_over(Place& place, LaneIndex index, std::span<const std::uint32_t> ids,
                      std::span<const std::byte> frame, std::size_t id_at)
{
    Lane& lane = lanes_[index];
    base::Output& output = *lane.updates;
    const std::size_t all = ids.size() * frame.size();
    const bool waits = place.at != nullptr && place.epoch == lane.epoch && place.position >= output.written();
    if (waits && place.bytes == frame.size() && std::memcmp(place.at, frame.data(), id_at) == 0) {
        ++place.replaced;
        lane.replaced += ids.size();
    } else {
        place.at = output.grow(all);
        place.position = output.produced() - all;
        place.bytes = static_cast<std::uint32_t>(frame.size());
        place.epoch = lane.epoch;
    }
    copy_frames(place.at, frame, ids.data(), ids.size(), id_at);
    lane.delivered += ids.size();
    lane.unflushed += static_cast<std::uint32_t>(all);
    touch(index);
    if (lane.unflushed >= base::BlockPool::block_bytes) {
        lane.unflushed = 0;
        mark_full(index);
    }
}

void Fanout::put_run(Run& run, std::span<const std::byte> frame, std::size_t id_at)
{
    Lane& lane = lanes_[run.lane];
    if (lane.replaces && run.ids.size() * frame.size() <= base::BlockPool::block_bytes) {
        put_over(run.place, run.lane, run.ids, frame, id_at);
        return;
    }
    base::Output& output = *lane.updates;
    const std::uint32_t* ids = run.ids.data();
    for (std::size_t left = run.ids.size(); left > 0;) {
        const std::size_t room = output.room() / frame.size();
        const std::size_t most =
            room > 0 ? room : std::max<std::size_t>(base::BlockPool::block_bytes / frame.size(), 1);
        const std::size_t n = std::min(left, most);
        copy_frames(output.grow(n * frame.size()), frame, ids, n, id_at);
        ids += n;
        left -= n;
    }
    lane.delivered += run.ids.size();
    touch(run.lane);
    if (output.size() >= base::BlockPool::block_bytes) {
        mark_full(run.lane);
    }
}

std::size_t Fanout::deliver(Group& group, std::span<const std::byte> frame, std::size_t id_at)
{
    ++group.updates;
    if (group.first.lane == none) {
        return 0;
    }
    if (lanes_[group.first.lane].replaces) {
        put_over(first_place(static_cast<GroupIndex>(&group - groups_.data())), group.first.lane,
                 {&group.first.wire_id, 1}, frame, id_at);
    } else {
        put(group.first, frame, id_at);
    }
    std::size_t members = 1;
    if (group.more != none) {
        for (Run& run : runs_[group.more]) {
            put_run(run, frame, id_at);
            members += run.ids.size();
        }
    }
    return members;
}

std::size_t Fanout::deliver(Group& group, const EncodedUpdate& update, std::size_t id_at)
{
    if (update.payload.empty()) {
        return deliver(group, update.head, id_at);
    }
    ++group.updates;
    std::size_t members = 0;
    const auto index = static_cast<GroupIndex>(&group - groups_.data());
    forget_places(index);
    each_member(index, [&](Member member) {
        send(member, update, id_at);
        ++members;
    });
    return members;
}

void Fanout::send(Member member, const EncodedUpdate& update, std::size_t id_at)
{
    put(member, update.head, id_at);
    if (!update.payload.empty()) {
        base::Output& output = *lanes_[member.lane].updates;
        output.share(update.payload.bytes, update.payload.owner);
        for (const SharedPayload& piece : update.rest) {
            output.share(piece.bytes, piece.owner);
        }
        mark_full(member.lane);
    }
}

void Fanout::forget_places(GroupIndex index)
{
    if (index < first_places_.size()) {
        first_places_[index].at = nullptr;
    }
    if (const Group& group = at(index); group.more != none) {
        for (Run& run : runs_[group.more]) {
            run.place.at = nullptr;
        }
    }
}

GroupIndex Fanout::add_group()
{
    GroupIndex index = static_cast<GroupIndex>(groups_.size());
    if (free_groups_.empty()) {
        groups_.emplace_back();
        first_joined_.push_back(0);
    } else {
        index = free_groups_.back();
        free_groups_.pop_back();
        groups_[index] = {};
    }
    groups_[index].used = true;
    return index;
}

void Fanout::remove_group(GroupIndex index)
{
    Group& group = at(index);
    assert(group.used && group.first.lane == none && group.more == none);
    group = {};
    free_groups_.push_back(index);
}

Fanout::Runs::iterator Fanout::find_run(const Group& group, LaneIndex lane)
{
    Runs& runs = runs_[group.more];
    return std::lower_bound(runs.begin(), runs.end(), lane,
                            [](const Run& run, LaneIndex wanted) { return run.lane < wanted; });
}

void Fanout::join(GroupIndex index, Member member, std::uint64_t had)
{
    Group& group = at(index);
    if (group.first.lane == none) {
        set_first(index, member, {group.updates - had, 0});
        return;
    }
    if (group.more == none) {
        if (free_runs_.empty()) {
            group.more = static_cast<std::uint32_t>(runs_.size());
            runs_.emplace_back();
        } else {
            group.more = free_runs_.back();
            free_runs_.pop_back();
        }
    }
    auto run = find_run(group, member.lane);
    if (run == runs_[group.more].end() || run->lane != member.lane) {
        run = runs_[group.more].insert(run, Run{member.lane, {}, {}});
    }
    run->ids.push_back(member.wire_id);
    run->joined.push_back({group.updates - had, run->place.replaced});
    run->place.at = nullptr;
}

/// `replaced`: how often the member was written over before it became the first.
void Fanout::set_first(GroupIndex index, Member member, Joined joined)
{
    at(index).first = member;
    first_joined_[index] = joined.updates;
    if (index < first_places_.size() || joined.replaced > 0) {
        first_place(index) = {.replaced = joined.replaced};
    }
}

/// Gives what the member had counted at joining.
Fanout::Joined Fanout::erase(GroupIndex index, Runs::iterator run, std::size_t place)
{
    Group& group = at(index);
    const Joined joined = run->joined[place];
    run->ids[place] = run->ids.back();
    run->ids.pop_back();
    run->joined[place] = run->joined.back();
    run->joined.pop_back();
    run->place.at = nullptr;
    if (run->ids.empty()) {
        runs_[group.more].erase(run);
    }
    if (runs_[group.more].empty()) {
        runs_[group.more] = {};
        free_runs_.push_back(group.more);
        group.more = none;
    }
    return joined;
}

void Fanout::take_first(GroupIndex index)
{
    Group& group = at(index);
    if (group.more == none) {
        set_first(index, {}, {});
        return;
    }
    const auto run = runs_[group.more].end() - 1;
    const Member member{run->lane, run->ids.back()};
    const std::uint64_t replaced = run->place.replaced;
    const Joined joined = erase(index, run, run->ids.size() - 1);
    set_first(index, member, {joined.updates, replaced - joined.replaced});
}

Fanout::Left Fanout::leave(GroupIndex index, Member member)
{
    const Left left = look_up(index, member);
    if (!left.was_member) {
        return left;
    }
    Group& group = at(index);
    if (group.first == member) {
        take_first(index);
    } else {
        const auto run = find_run(group, member.lane);
        const auto found = std::find(run->ids.begin(), run->ids.end(), member.wire_id);
        erase(index, run, static_cast<std::size_t>(found - run->ids.begin()));
    }
    return left;
}

Fanout::Left Fanout::look_up(GroupIndex index, Member member) const
{
    const Group& group = at(index);
    if (group.first == member && member.lane != none) {
        const std::uint64_t replaced = index < first_places_.size() ? first_places_[index].replaced : 0;
        return {true, group.updates - first_joined_[index], replaced};
    }
    if (group.more == none) {
        return {};
    }
    const auto run = const_cast<Fanout*>(this)->find_run(group, member.lane);
    if (run == runs_[group.more].end() || run->lane != member.lane) {
        return {};
    }
    const auto found = std::find(run->ids.begin(), run->ids.end(), member.wire_id);
    if (found == run->ids.end()) {
        return {};
    }
    const Joined& joined = run->joined[static_cast<std::size_t>(found - run->ids.begin())];
    return {true, group.updates - joined.updates, run->place.replaced - joined.replaced};
}

LaneIndex Fanout::add_lane(base::Output& updates)
{
    LaneIndex index = static_cast<LaneIndex>(lanes_.size());
    if (free_lanes_.empty()) {
        lanes_.emplace_back();
    } else {
        index = free_lanes_.back();
        free_lanes_.pop_back();
    }
    lanes_[index] = {};
    lanes_[index].updates = &updates;
    return index;
}

void Fanout::redirect(LaneIndex index, base::Output& updates, bool behind, std::uint32_t moves)
{
    Lane& lane = lanes_[index];
    const bool replaces = behind && may_replace_;
    // While it did not replace, places were not kept.
    lane.epoch += lane.moves != moves || lane.updates != &updates || lane.replaces != replaces ? 1 : 0;
    lane.updates = &updates;
    lane.moves = moves;
    lane.replaces = replaces;
}

void Fanout::remove_lane(LaneIndex index)
{
    std::erase(dirty_, index);
    std::erase(full_, index);
    lanes_[index] = {};
    free_lanes_.push_back(index);
}

} // namespace iochron::server
