#include "server/fanout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace iochron::server {
namespace {

constexpr std::size_t id_at = 4;

/// A frame of this test: its length, its subscription id, and text.
std::vector<std::byte> frame_of(std::string text, std::size_t size)
{
    std::vector<std::byte> frame(size);
    const auto length = static_cast<std::uint32_t>(size);
    std::memcpy(frame.data(), &length, sizeof length);
    std::memcpy(frame.data() + 8, text.data(), text.size());
    return frame;
}

/// The ids of all frames that wait, in order, after a check that each is otherwise the frame.
std::vector<std::uint32_t> ids_in(base::Output& output, const std::vector<std::byte>& frame)
{
    std::vector<std::uint32_t> ids;
    output.walk([&](std::span<const std::byte>) { return frame.size(); },
                [&](std::span<const std::byte> got) {
                    std::uint32_t id = 0;
                    std::memcpy(&id, got.data() + id_at, sizeof id);
                    ids.push_back(id);
                    std::vector<std::byte> same(got.begin(), got.end());
                    std::memset(same.data() + id_at, 0, sizeof id);
                    EXPECT_EQ(same, frame);
                });
    return ids;
}

class FanoutTest : public testing::Test {
  protected:
    base::BlockPool pool;
    std::array<base::Output, 3> outputs{base::Output(pool), base::Output(pool), base::Output(pool)};
    Fanout fanout;
    std::array<LaneIndex, 3> lanes{fanout.add_lane(outputs[0]), fanout.add_lane(outputs[1]),
                                   fanout.add_lane(outputs[2])};
};

TEST_F(FanoutTest, EveryMemberGetsTheFrameWithItsOwnId)
{
    for (const std::size_t size : {24u, 32u, 40u, 48u, 424u, 5000u}) {
        const auto frame = frame_of("update", size);
        const GroupIndex group = fanout.add_group();
        std::array<std::vector<std::uint32_t>, 3> expected;
        for (std::uint32_t id = 0; id < 4000; ++id) {
            const std::size_t which = id * 7 % 5 % 3;
            fanout.join(group, {lanes[which], id});
            expected[which].push_back(id);
        }
        EXPECT_EQ(fanout.deliver(fanout.at(group), frame, id_at), 4000u);
        for (std::size_t i = 0; i < 3; ++i) {
            std::vector<std::uint32_t> got = ids_in(outputs[i], frame);
            std::ranges::sort(got);
            EXPECT_EQ(got, expected[i]) << size;
            EXPECT_EQ(outputs[i].size(), got.size() * size);
            outputs[i].clear();
        }
        for (std::uint32_t id = 0; id < 4000; ++id) {
            EXPECT_TRUE(fanout.leave(group, {lanes[id * 7 % 5 % 3], id}).was_member);
        }
        EXPECT_FALSE(fanout.has_members(group));
        fanout.remove_group(group);
    }
    EXPECT_EQ(fanout.groups(), 0u);
}

TEST_F(FanoutTest, ASharedPayloadIsNotCopied)
{
    const auto head = frame_of("head", 16);
    const auto payload = std::make_shared<std::vector<std::byte>>(10'000, std::byte{7});
    const GroupIndex group = fanout.add_group();
    fanout.join(group, {lanes[0], 1});
    fanout.join(group, {lanes[1], 2});
    fanout.join(group, {lanes[1], 3});
    EXPECT_EQ(fanout.deliver(fanout.at(group), {head, {*payload, payload}, {}}, id_at), 3u);
    EXPECT_EQ(payload.use_count(), 4);
    EXPECT_EQ(outputs[1].size(), 2 * 10'016u);
    std::array<std::span<const std::byte>, 8> pieces;
    ASSERT_EQ(outputs[1].gather(pieces), 4u);
    EXPECT_EQ(pieces[1].data(), payload->data());
    EXPECT_EQ(pieces[3].data(), payload->data());
}

TEST_F(FanoutTest, DeliveredIsCountedFromJoiningToLeaving)
{
    const auto frame = frame_of("x", 40);
    const GroupIndex group = fanout.add_group();
    const auto post = [&](int n) {
        for (int i = 0; i < n; ++i) {
            fanout.deliver(fanout.at(group), frame, id_at);
        }
    };
    fanout.join(group, {lanes[0], 1});
    post(3);
    fanout.join(group, {lanes[0], 2});
    fanout.join(group, {lanes[1], 1}, 1); // was sent its first value
    post(4);
    EXPECT_EQ(fanout.look_up(group, {lanes[0], 2}).delivered, 4u);
    EXPECT_EQ(fanout.leave(group, {lanes[0], 1}).delivered, 7u); // the first: another member takes its place
    post(5);
    EXPECT_EQ(fanout.leave(group, {lanes[1], 1}).delivered, 10u);
    EXPECT_EQ(fanout.leave(group, {lanes[0], 2}).delivered, 9u);
    EXPECT_FALSE(fanout.leave(group, {lanes[0], 2}).was_member);
    EXPECT_EQ(fanout.lane(lanes[0]).delivered + fanout.lane(lanes[1]).delivered, 3 * 1 + 4 * 3 + 5 * 2u);
}

TEST_F(FanoutTest, TellsWhichLanesHaveSomethingAndWhichHoldABlock)
{
    const auto frame = frame_of("x", 40);
    const GroupIndex small = fanout.add_group();
    const GroupIndex large = fanout.add_group();
    fanout.join(small, {lanes[2], 1});
    for (std::uint32_t id = 0; id < 2000; ++id) {
        fanout.join(large, {lanes[0], id});
    }
    fanout.deliver(fanout.at(small), frame, id_at);
    fanout.deliver(fanout.at(small), frame, id_at);
    fanout.deliver(fanout.at(large), frame, id_at);
    EXPECT_EQ(fanout.dirty(), (std::vector<LaneIndex>{lanes[2], lanes[0]}));
    EXPECT_EQ(fanout.full(), (std::vector<LaneIndex>{lanes[0]}));
    fanout.remove_lane(lanes[0]);
    EXPECT_TRUE(fanout.full().empty());
    EXPECT_EQ(fanout.dirty().size(), 1u);
}

TEST_F(FanoutTest, MembersComeAndGoInAnyOrder)
{
    const GroupIndex group = fanout.add_group();
    std::multimap<std::uint32_t, std::uint32_t> model;
    std::uint32_t seed = 1;
    const auto next = [&](std::uint32_t below) {
        seed = seed * 1664525 + 1013904223;
        return (seed >> 8) % below;
    };
    for (int step = 0; step < 20'000; ++step) {
        const Member member{lanes[next(3)], next(40)};
        const auto range = model.equal_range(member.lane);
        const auto found =
            std::find_if(range.first, range.second, [&](const auto& entry) { return entry.second == member.wire_id; });
        if (next(2) == 0) {
            fanout.join(group, member);
            model.emplace(member.lane, member.wire_id);
        } else {
            EXPECT_EQ(fanout.leave(group, member).was_member, found != range.second);
            if (found != range.second) {
                model.erase(found);
            }
        }
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> got;
    fanout.each_member(group, [&](Member member) { got.emplace_back(member.lane, member.wire_id); });
    std::vector<std::pair<std::uint32_t, std::uint32_t>> expected(model.begin(), model.end());
    std::ranges::sort(got);
    std::ranges::sort(expected);
    EXPECT_EQ(got, expected);
}

} // namespace
} // namespace iochron::server
