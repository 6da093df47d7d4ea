#include "server/fanout.h"

#include <algorithm>
#include <cassert>

namespace iochron::server {

void Fanout::forget(Run& run)
{
    if (run.place) {
        run.place->at = nullptr;
    }
}

void Fanout::forget_places(GroupIndex index)
{
    if (index < first_places_.size()) {
        first_places_[index].at = nullptr;
    }
    if (const Group& group = at(index); group.more != none) {
        std::ranges::for_each(runs_[group.more], forget);
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
        run = runs_[group.more].insert(run, Run{member.lane, {}, {}, {}});
    }
    run->ids.push_back(member.wire_id);
    run->joined.push_back({group.updates - had, replaced(*run)});
    forget(*run);
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
    forget(*run);
    if (run->ids.empty()) {
        runs_[group.more].erase(run);
    }
    if (runs_[group.more].empty()) {
        runs_[group.more] = Runs();
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
    const std::uint64_t over = replaced(*run);
    const Joined joined = erase(index, run, run->ids.size() - 1);
    set_first(index, member, {joined.updates, over - joined.replaced});
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
    return {true, group.updates - joined.updates, replaced(*run) - joined.replaced};
}

LaneIndex Fanout::add_lane(base::Output& updates)
{
    LaneIndex index = static_cast<LaneIndex>(lanes_.size());
    if (free_lanes_.empty()) {
        lanes_.emplace_back();
        behind_.emplace_back();
    } else {
        index = free_lanes_.back();
        free_lanes_.pop_back();
    }
    lanes_[index] = {};
    behind_[index] = {};
    lanes_[index].updates = &updates;
    return index;
}

void Fanout::redirect(LaneIndex index, base::Output& updates, bool behind, std::uint32_t moves)
{
    Lane& lane = lanes_[index];
    Behind& state = behind_[index];
    const bool replaces = behind && may_replace_;
    // While it did not replace, places were not kept.
    state.epoch += state.moves != moves || lane.updates != &updates || lane.replaces != replaces ? 1 : 0;
    state.moves = moves;
    lane.updates = &updates;
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
