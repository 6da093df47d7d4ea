#pragma once

#include "base/output.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace iochron::server {

/// The index of a connection in the Fanout, and of a group.
using LaneIndex = std::uint32_t;
using GroupIndex = std::uint32_t;
inline constexpr std::uint32_t none = ~std::uint32_t{0};

/// One subscription as its group sees it: whose, and the id by which the client knows it, in the byte order in which
/// the protocol's frames carry it.
struct Member {
    LaneIndex lane = none;
    std::uint32_t wire_id = 0;

    bool operator==(const Member&) const = default;
};

/// Subscriptions to one stream that want the same bytes. What the protocol needs to make those bytes is `stream`,
/// `count`, `type` and `flags`, which the Fanout never looks into. Half a cache line, since one is touched per update.
struct alignas(32) Group {
    std::uint64_t updates = 0; ///< made since the group was: what they were at joining and at leaving tells a share
    Member first;
    std::uint32_t more = none; ///< the runs of the further members
    std::uint32_t stream = none;
    std::uint32_t count = 0;
    std::uint8_t type = 0;
    std::uint8_t mask = 0;
    std::uint8_t flags = 0;
    bool used = false;
};
static_assert(sizeof(Group) == 32);

/// A connection as the fan-out sees it.
struct Lane {
    base::Output* updates = nullptr; ///< where its updates go now
    std::uint64_t delivered = 0;     ///< updates put there
    bool replaces = false;           ///< it is behind: an update is written over the last one of its subscription
    bool dirty = false;              ///< has got some in this turn
    bool full = false;               ///< holds a block, and should be written at once
};

/// Where the last frames of a member, or of a run of them, lie in the output of a lane that is behind (decision 0013).
struct Place {
    std::byte* at = nullptr;    ///< null: nowhere
    std::uint64_t position = 0; ///< of the first byte among all that the output ever held
    std::uint32_t bytes = 0;    ///< of each frame
    std::uint32_t epoch = 0;    ///< of the lane when they were put there
    std::uint64_t replaced = 0; ///< how often they were written over, in this place and in those before
};

/// What follows a frame and is not copied: the elements of an array, with their padding.
struct SharedPayload {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;

    [[nodiscard]] bool empty() const { return bytes.empty(); }
};

/// A message with a value, whole or up to where the shared elements begin; what follows those comes as `rest`. Good
/// until the encoder is used again. Without a head there is nothing to tell.
struct EncodedUpdate {
    std::span<const std::byte> head{};
    SharedPayload payload{};
    std::span<const SharedPayload> rest{};
};

/// Groups, their members, and the copying of a group's frame to each of them. Both protocols use it; neither's words
/// occur here. An encoded frame is copied to each member with only the subscription id patched in.
/// Thread: shard
class Fanout {
  public:
    /// `may_replace`: frames of one size, with the same bytes before the id, tell the same of one subscription.
    explicit Fanout(bool may_replace = false) : may_replace_(may_replace) {}

    // hot: two cache lines of the group and the output per member; no allocation, no call out.
    /// Copies the frame to all members, each with its own id at `id_at`. Gives how many there are.
    std::size_t deliver(Group& group, std::span<const std::byte> frame, std::size_t id_at);
    /// The same with a payload behind the frame that all share.
    std::size_t deliver(Group& group, const EncodedUpdate& update, std::size_t id_at);
    /// To one member only, which need not have joined. Not counted as an update of the group.
    void send(Member member, const EncodedUpdate& update, std::size_t id_at);
    /// Something was sent to members by send(): what follows is not to be written over what came before.
    void forget_places(GroupIndex group);
    void prefetch(GroupIndex group) const { __builtin_prefetch(groups_.data() + group, 1); }

    [[nodiscard]] Group& at(GroupIndex group) { return groups_[group]; }
    [[nodiscard]] const Group& at(GroupIndex group) const { return groups_[group]; }
    [[nodiscard]] std::size_t groups() const { return groups_.size() - free_groups_.size(); }
    GroupIndex add_group();
    void remove_group(GroupIndex group);
    /// `had` tells how many updates of the group the member was sent before (its first value), to be counted with the
    /// rest.
    void join(GroupIndex group, Member member, std::uint64_t had = 0);
    /// Gives the updates that the member was sent since it joined; nothing where it is no member.
    struct Left {
        bool was_member = false;
        std::uint64_t delivered = 0;
        std::uint64_t replaced = 0; ///< of them, those that newer ones were written over
    };
    Left leave(GroupIndex group, Member member);
    /// The same count while it stays.
    [[nodiscard]] Left look_up(GroupIndex group, Member member) const;
    [[nodiscard]] bool has_members(GroupIndex group) const { return at(group).first.lane != none; }
    template <class F>
    void each_member(GroupIndex group, F&& f) const;

    LaneIndex add_lane(base::Output& updates);
    /// Updates of the lane that newer ones were written over, since this was asked last.
    std::uint64_t take_replaced(LaneIndex lane) { return std::exchange(behind_[lane].replaced, 0); }
    /// The lane's updates go there now; while `behind`, they are written over others. `moves` is another number when
    /// what waits there has moved in memory.
    void redirect(LaneIndex lane, base::Output& updates, bool behind, std::uint32_t moves);
    void remove_lane(LaneIndex lane);
    [[nodiscard]] Lane& lane(LaneIndex lane) { return lanes_[lane]; }
    /// Notes that the lane's connection has something to write.
    void touch(LaneIndex lane);
    /// Lanes touched since the last take, each once; and those that hold a block or more.
    [[nodiscard]] std::vector<LaneIndex>& dirty() { return dirty_; }
    [[nodiscard]] std::vector<LaneIndex>& full() { return full_; }

  private:
    /// What the group, and its place, had counted when a member joined.
    struct Joined {
        std::uint64_t updates = 0;
        std::uint64_t replaced = 0;
    };
    /// The members of a group that one connection has, beyond the group's first.
    struct Run {
        LaneIndex lane = none;
        std::vector<std::uint32_t> ids;
        std::vector<Joined> joined;
        std::unique_ptr<Place> place{}; ///< once the lane was behind
    };
    /// What else there is of a lane that is, or was, behind: apart, since few are.
    struct Behind {
        std::uint64_t replaced = 0;  ///< updates that newer ones were written over
        std::uint32_t epoch = 0;     ///< changes whenever places of frames that wait are good no more
        std::uint32_t moves = 0;     ///< of the output, as redirect() was told
        std::uint32_t unflushed = 0; ///< bytes put since it was full last
    };
    using Runs = std::vector<Run>;

    void put(Lane& lane, Member member, std::span<const std::byte> frame, std::size_t id_at);
    [[gnu::noinline]] void put_over(Place& place, LaneIndex lane, std::span<const std::uint32_t> ids,
                                    std::span<const std::byte> frame, std::size_t id_at);
    [[nodiscard]] Place& first_place(GroupIndex group);
    [[gnu::noinline]] void put_run_over(Run& run, std::span<const std::byte> frame, std::size_t id_at);
    void put_run(const Run& run, std::span<const std::byte> frame, std::size_t id_at);
    void mark_full(LaneIndex lane);
    static void forget(Run& run);
    [[nodiscard]] static std::uint64_t replaced(const Run& run) { return run.place ? run.place->replaced : 0; }
    [[nodiscard]] Runs::iterator find_run(const Group& group, LaneIndex lane);
    void set_first(GroupIndex index, Member member, Joined joined);
    void take_first(GroupIndex index);
    Joined erase(GroupIndex index, Runs::iterator run, std::size_t place);

    std::vector<Group> groups_;
    std::vector<std::uint64_t> first_joined_; ///< of each group's first member
    std::vector<Place> first_places_;         ///< likewise, of the first groups, as far as any lane was behind
    std::vector<GroupIndex> free_groups_;
    std::vector<Runs> runs_;
    std::vector<std::uint32_t> free_runs_;
    std::vector<Lane> lanes_;
    std::vector<Behind> behind_; ///< by lane
    std::vector<LaneIndex> free_lanes_;
    std::vector<LaneIndex> dirty_;
    std::vector<LaneIndex> full_;
    bool may_replace_;
};

template <class F>
void Fanout::each_member(GroupIndex index, F&& f) const
{
    const Group& group = at(index);
    if (group.first.lane == none) {
        return;
    }
    f(group.first);
    if (group.more != none) {
        for (const Run& run : runs_[group.more]) {
            for (const std::uint32_t id : run.ids) {
                f(Member{run.lane, id});
            }
        }
    }
}

} // namespace iochron::server
