// How the frames of a group come to its members; fanout.cpp has who they are.
#include "server/fanout.h"

#include <algorithm>
#include <array>
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

void Fanout::put(Lane& lane, Member member, std::span<const std::byte> frame, std::size_t id_at)
{
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
    Behind& behind = behind_[index];
    base::Output& output = *lane.updates;
    const std::size_t all = ids.size() * frame.size();
    const bool waits = place.at != nullptr && place.epoch == behind.epoch && place.position >= output.written();
    if (waits && place.bytes == frame.size() && std::memcmp(place.at, frame.data(), id_at) == 0) {
        ++place.replaced;
        behind.replaced += ids.size();
    } else {
        place.at = output.grow(all);
        place.position = output.produced() - all;
        place.bytes = static_cast<std::uint32_t>(frame.size());
        place.epoch = behind.epoch;
    }
    copy_frames(place.at, frame, ids.data(), ids.size(), id_at);
    lane.delivered += ids.size();
    behind.unflushed += static_cast<std::uint32_t>(all);
    touch(index);
    if (behind.unflushed >= base::BlockPool::block_bytes) {
        behind.unflushed = 0;
        mark_full(index);
    }
}

void Fanout::put_run_over(Run& run, std::span<const std::byte> frame, std::size_t id_at)
{
    if (run.ids.size() * frame.size() > base::BlockPool::block_bytes) {
        forget(run);
        put_run(run, frame, id_at);
        return;
    }
    if (!run.place) {
        run.place = std::make_unique<Place>();
    }
    put_over(*run.place, run.lane, run.ids, frame, id_at);
}

void Fanout::put_run(const Run& run, std::span<const std::byte> frame, std::size_t id_at)
{
    Lane& lane = lanes_[run.lane];
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
    if (Lane& lane = lanes_[group.first.lane]; lane.replaces) [[unlikely]] {
        put_over(first_place(static_cast<GroupIndex>(&group - groups_.data())), group.first.lane,
                 {&group.first.wire_id, 1}, frame, id_at);
    } else {
        put(lane, group.first, frame, id_at);
    }
    std::size_t members = 1;
    if (group.more != none) {
        for (Run& run : runs_[group.more]) {
            if (lanes_[run.lane].replaces) [[unlikely]] {
                put_run_over(run, frame, id_at);
            } else {
                put_run(run, frame, id_at);
            }
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
    put(lanes_[member.lane], member, update.head, id_at);
    if (!update.payload.empty()) {
        base::Output& output = *lanes_[member.lane].updates;
        output.share(update.payload.bytes, update.payload.owner);
        for (const SharedPayload& piece : update.rest) {
            output.share(piece.bytes, piece.owner);
        }
        mark_full(member.lane);
    }
}

} // namespace iochron::server
