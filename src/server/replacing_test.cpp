// Updates that are written over those that wait, where a connection is behind (docs/decisions/0013).
#include "server/fanout.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <vector>

namespace iochron::server {
namespace {

constexpr std::size_t id_at = 4;
constexpr std::size_t frame_bytes = 24;

/// A frame of this test: its kind, its subscription id, and a number.
std::vector<std::byte> frame_of(std::uint32_t kind, std::uint64_t number, std::size_t bytes = frame_bytes)
{
    std::vector<std::byte> frame(bytes);
    std::memcpy(frame.data(), &kind, sizeof kind);
    std::memcpy(frame.data() + 8, &number, sizeof number);
    return frame;
}

struct Waiting {
    std::uint32_t kind = 0;
    std::uint32_t id = 0;
    std::uint64_t number = 0;

    bool operator==(const Waiting&) const = default;
};

std::vector<Waiting> waiting(const base::Output& output)
{
    std::vector<Waiting> all;
    output.walk([](std::span<const std::byte>) { return frame_bytes; },
                [&](std::span<const std::byte> frame) {
                    Waiting& one = all.emplace_back();
                    std::memcpy(&one.kind, frame.data(), sizeof one.kind);
                    std::memcpy(&one.id, frame.data() + id_at, sizeof one.id);
                    std::memcpy(&one.number, frame.data() + 8, sizeof one.number);
                });
    return all;
}

class Replacing : public testing::Test {
  protected:
    Replacing() { fanout.redirect(lane, output, true, 1); }

    void deliver(std::uint64_t number, std::uint32_t kind = 7)
    {
        fanout.deliver(fanout.at(group), frame_of(kind, number), id_at);
    }

    base::BlockPool pool;
    base::Output output{pool};
    Fanout fanout{true};
    LaneIndex lane = fanout.add_lane(output);
    GroupIndex group = fanout.add_group();
};

TEST_F(Replacing, TakesTheLastFramesPlace)
{
    fanout.join(group, {lane, 1});
    deliver(1);
    deliver(2);
    deliver(3);
    EXPECT_EQ(waiting(output), (std::vector<Waiting>{{7, 1, 3}}));
    EXPECT_EQ(fanout.take_replaced(lane), 2u);
    EXPECT_EQ(fanout.look_up(group, {lane, 1}).replaced, 2u);
    EXPECT_EQ(fanout.look_up(group, {lane, 1}).delivered, 3u);
}

TEST_F(Replacing, IsNotDoneForAConnectionThatIsNotBehind)
{
    fanout.redirect(lane, output, false, 1);
    fanout.join(group, {lane, 1});
    deliver(1);
    deliver(2);
    EXPECT_EQ(waiting(output).size(), 2u);
    EXPECT_EQ(fanout.take_replaced(lane), 0u);
}

TEST_F(Replacing, LeavesAloneWhatHasBegunToBeWritten)
{
    fanout.join(group, {lane, 1});
    deliver(1);
    output.consume(1);
    deliver(2);
    EXPECT_EQ(output.size(), 2 * frame_bytes - 1);
    EXPECT_EQ(waiting(output), (std::vector<Waiting>{{7, 1, 2}}));
}

TEST_F(Replacing, LeavesAloneWhatMayHaveMoved)
{
    fanout.join(group, {lane, 1});
    deliver(1);
    fanout.redirect(lane, output, true, 2);
    deliver(2);
    deliver(3);
    EXPECT_EQ(waiting(output), (std::vector<Waiting>{{7, 1, 1}, {7, 1, 3}}));
}

TEST_F(Replacing, LeavesAloneAFrameOfAnotherKindOrSize)
{
    fanout.join(group, {lane, 1});
    deliver(1, 7);
    deliver(2, 8);
    EXPECT_EQ(waiting(output), (std::vector<Waiting>{{7, 1, 1}, {8, 1, 2}}));
    fanout.deliver(fanout.at(group), frame_of(8, 3, 2 * frame_bytes), id_at);
    EXPECT_EQ(output.size(), 4 * frame_bytes);
}

TEST_F(Replacing, LeavesAloneWhatFramesTooLargeForAPlaceHaveFollowed)
{
    constexpr std::size_t large = base::BlockPool::block_bytes / 2 + 8;
    for (const std::uint32_t id : {1, 2, 3}) { // the first member apart from the run of the others
        fanout.join(group, {lane, id});
    }
    deliver(1);
    fanout.deliver(fanout.at(group), frame_of(7, 2, large), id_at);
    deliver(3);
    EXPECT_EQ(output.size(), 3 * (2 * frame_bytes + large));
    deliver(4);
    EXPECT_EQ(output.size(), 3 * (2 * frame_bytes + large));
}

TEST_F(Replacing, LeavesAloneWhatIsNotTheLastThatAMemberWasSent)
{
    fanout.join(group, {lane, 1});
    deliver(1);
    fanout.forget_places(group);
    fanout.send({lane, 1}, {.head = frame_of(9, 2)}, id_at);
    deliver(3);
    EXPECT_EQ(waiting(output), (std::vector<Waiting>{{7, 1, 1}, {9, 1, 2}, {7, 1, 3}}));
}

/// What each subscription gets, under joins, leaves, writes and moves at random: its newest number, and what it does
/// not get is counted.
TEST_F(Replacing, LosesNothingThatIsNotCounted)
{
    constexpr std::uint32_t ids = 40;
    for (unsigned seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        base::Output other(pool);
        const LaneIndex slow = fanout.add_lane(other);
        std::uint32_t moves = 1;
        fanout.redirect(slow, other, true, moves);
        std::map<std::uint32_t, std::uint64_t> put, got, newest, last;
        std::vector<GroupIndex> groups{fanout.add_group(), fanout.add_group()};
        const auto group_of = [&](std::uint32_t id) { return groups[id % groups.size()]; };
        std::uint64_t number = 0;
        std::uint64_t replaced = 0;
        const auto read = [&](std::size_t frames) {
            for (const Waiting& one : waiting(other)) {
                if (frames-- == 0) {
                    break;
                }
                EXPECT_GT(one.number, last[one.id]) << "of id " << one.id;
                last[one.id] = one.number;
                ++got[one.id];
                other.consume(frame_bytes);
            }
        };
        std::map<std::uint32_t, bool> member;
        for (int step = 0; step < 400; ++step) {
            const std::uint32_t id = 1 + random() % ids;
            switch (random() % 8) {
            case 0:
                if (!std::exchange(member[id], true)) {
                    fanout.join(group_of(id), {slow, id});
                }
                break;
            case 1:
                if (std::exchange(member[id], false)) {
                    replaced += fanout.leave(group_of(id), {slow, id}).replaced;
                }
                break;
            case 2:
                read(random() % 50);
                break;
            case 3:
                fanout.redirect(slow, other, random() % 4 != 0, moves += random() % 2);
                break;
            default:
                ++number;
                fanout.deliver(fanout.at(group_of(id)), frame_of(7, number), id_at);
                for (const auto& [each, in] : member) {
                    if (in && group_of(each) == group_of(id)) {
                        ++put[each];
                        newest[each] = number;
                    }
                }
            }
        }
        read(~std::size_t{0});
        EXPECT_EQ(last, newest);
        std::uint64_t missing = 0;
        for (const auto& [id, count] : put) {
            missing += count - got[id];
        }
        EXPECT_EQ(fanout.take_replaced(slow), missing);
        for (const auto& [id, in] : member) {
            if (in) {
                replaced += fanout.leave(group_of(id), {slow, id}).replaced;
            }
        }
        EXPECT_EQ(replaced, missing) << "counted by subscription";
        fanout.remove_lane(slow);
        for (const GroupIndex each : groups) {
            fanout.remove_group(each);
        }
    }
}

} // namespace
} // namespace iochron::server
