#include "server/backlog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace iochron::server {
namespace {

using namespace std::chrono_literals;

/// Frames of this test: length in all, an id (0: a reply), a letter, and 'x' up to the length.
std::uint32_t number_at(std::span<const std::byte> frame, std::size_t at)
{
    std::uint32_t number = 0;
    std::memcpy(&number, frame.data() + at, sizeof number);
    return number;
}

constexpr Frames frames{
    .bytes = [](std::span<const std::byte> frame) -> std::size_t { return number_at(frame, 0); },
    .update = [](std::span<const std::byte> frame) -> std::optional<std::uint32_t> {
        const std::uint32_t id = number_at(frame, 4);
        return id == 0 ? std::nullopt : std::optional(id);
    },
};

void put(base::Output& output, std::uint32_t id, char letter, std::uint32_t size = 16)
{
    std::byte* const at = output.grow(size);
    std::memset(at, 'x', size);
    std::memcpy(at, &size, sizeof size);
    std::memcpy(at + 4, &id, sizeof id);
    at[8] = std::byte(letter);
}

std::string waiting(const base::Output& output)
{
    std::string all;
    output.walk(frames.bytes, [&](std::span<const std::byte> frame) { all += static_cast<char>(frame[8]); });
    return all;
}

class BacklogTest : public testing::Test {
  protected:
    base::BlockPool pool;
    Backlog backlog{pool, frames};
    base::Steady now{1000s};
};

TEST_F(BacklogTest, KeepsEverythingWhileItIsYoung)
{
    for (char letter = 'a'; letter <= 'z'; ++letter) {
        put(backlog.updates(), 1, letter);
        now += 50ms;
        backlog.settle(now, 2s);
    }
    EXPECT_EQ(waiting(backlog.output()), "abcdefghijklmnopqrstuvwxyz");
    EXPECT_FALSE(backlog.behind());
}

TEST_F(BacklogTest, BehindKeepsTheNewestOfEachAndAllReplies)
{
    put(backlog.updates(), 1, 'a');
    put(backlog.updates(), 2, 'b');
    put(backlog.output(), 0, 'R');
    put(backlog.updates(), 1, 'c');
    put(backlog.output(), 0, 'C'); // confirms a cancel of 2
    put(backlog.updates(), 1, 'd');
    backlog.settle(now, 2s);
    backlog.settle(now + 2s, 2s);
    EXPECT_FALSE(backlog.behind());
    backlog.settle(now + 2001ms, 2s);
    EXPECT_TRUE(backlog.behind());
    EXPECT_EQ(waiting(backlog.output()), "bRCd");
    EXPECT_EQ(backlog.coalesced(), 2u);
    EXPECT_EQ(backlog.superseded(1), 2u);
    EXPECT_EQ(backlog.superseded(2), 0u);
    EXPECT_EQ(backlog.forget(1), 2u);
    EXPECT_EQ(backlog.superseded(1), 0u);
}

TEST_F(BacklogTest, MemoryStaysFlatWhileThePeerDoesNotRead)
{
    std::size_t most = 0;
    std::uint64_t posted = 0;
    for (int turn = 0; turn < 2000; ++turn, now += 10ms) {
        for (std::uint32_t id = 1; id <= 1000; ++id, ++posted) {
            put(backlog.updates(), id, static_cast<char>('a' + turn % 26));
        }
        backlog.settle(now, 1s);
        most = std::max(most, backlog.size());
    }
    EXPECT_LT(most, 102u * 1000 * 16); // one second's worth, when it was found behind
    EXPECT_LT(backlog.size(), 6u * 64 * 1024);
    std::uint64_t waits = 0;
    backlog.output().walk(frames.bytes, [&](std::span<const std::byte>) { ++waits; });
    EXPECT_EQ(posted, waits + backlog.coalesced());
}

TEST_F(BacklogTest, IsCurrentAgainOnceTheRestIsWritten)
{
    put(backlog.updates(), 1, 'a');
    put(backlog.updates(), 1, 'b');
    backlog.settle(now, 1s);
    now += 2s;
    backlog.settle(now, 1s);
    ASSERT_TRUE(backlog.behind());
    put(backlog.updates(), 1, 'c');
    backlog.output().consume(16); // 'b'
    backlog.settle(now, 1s);
    EXPECT_FALSE(backlog.behind());
    put(backlog.updates(), 1, 'd');
    backlog.settle(now + 500ms, 1s);
    EXPECT_EQ(waiting(backlog.output()), "cd");
    EXPECT_EQ(backlog.coalesced(), 1u);
}

TEST_F(BacklogTest, AFrameThatIsPartlyWrittenStays)
{
    put(backlog.updates(), 1, 'a');
    put(backlog.updates(), 1, 'b');
    put(backlog.updates(), 1, 'c');
    backlog.output().consume(5);
    backlog.collapse();
    EXPECT_EQ(waiting(backlog.output()), "c"); // walk() does not show the one that has begun
    EXPECT_EQ(backlog.output().size(), 11u + 16u);
    EXPECT_EQ(backlog.coalesced(), 1u);
}

TEST_F(BacklogTest, RepliesOvertakeUpdatesOnlyWhileBehind)
{
    Backlog overtaking(pool, frames, Replies::overtake);
    put(overtaking.updates(), 1, 'a');
    put(overtaking.updates(), 2, 'b', 50'000);
    put(overtaking.updates(), 3, 'c', 50'000);
    put(overtaking.updates(), 4, 'd', 50'000);
    put(overtaking.updates(), 5, 'x', 50'000);
    put(overtaking.output(), 0, 'R');
    overtaking.settle(now, 1s);
    EXPECT_EQ(waiting(overtaking.output()), "abcdxR");
    overtaking.settle(now + 2s, 1s);
    EXPECT_TRUE(overtaking.behind());
    put(overtaking.updates(), 1, 'e');
    put(overtaking.output(), 0, 'S');
    std::string all = waiting(overtaking.output());
    EXPECT_EQ(all, "abcdS"); // 'x' and 'e' are overtaken
    for (int i = 0; i < 5; ++i) {
        overtaking.output().consume(overtaking.output().size());
        overtaking.settle(now + 2s, 1s);
        all += waiting(overtaking.output());
    }
    std::ranges::sort(all);
    EXPECT_EQ(all, "RSabcdex");
    EXPECT_FALSE(overtaking.behind());
    put(overtaking.updates(), 1, 'f');
    put(overtaking.output(), 0, 'T');
    EXPECT_EQ(waiting(overtaking.output()), "fT");
}

TEST_F(BacklogTest, PauseHoldsUpdatesBackWhileRepliesFlow)
{
    put(backlog.updates(), 1, 'a');
    backlog.pause();
    put(backlog.updates(), 1, 'b');
    put(backlog.output(), 0, 'R');
    put(backlog.updates(), 1, 'c');
    EXPECT_EQ(waiting(backlog.output()), "aR");
    EXPECT_EQ(backlog.size(), 64u);
    backlog.resume();
    EXPECT_EQ(waiting(backlog.output()), "aRbc");
    put(backlog.updates(), 1, 'd');
    EXPECT_EQ(waiting(backlog.output()), "aRbcd");
}

TEST_F(BacklogTest, ALongPauseCollapsesAndIsCountedAsPaused)
{
    backlog.pause();
    put(backlog.updates(), 1, 'a');
    put(backlog.updates(), 1, 'b');
    backlog.settle(now, 2s);
    put(backlog.updates(), 1, 'c');
    backlog.settle(now + 3s, 2s);
    EXPECT_EQ(backlog.paused_out(), 2u);
    EXPECT_EQ(backlog.coalesced(), 0u);
    backlog.resume();
    EXPECT_EQ(waiting(backlog.output()), "c");
}

TEST_F(BacklogTest, AnUpdateIsKeptForWhatNoNewerOneTells)
{
    // Of a protocol of changes: capital letters tell all, small ones a part of it.
    Frames changes = frames;
    changes.marks = [](std::span<const std::byte> update) { return update.subspan(8, 1); };
    changes.marked = [](std::span<const std::byte> marks) {
        pv::BitSet set;
        set.set(0);
        if (marks[0] < std::byte{'a'}) {
            set.set(1);
        }
        return set;
    };
    Queue queue(pool, changes);
    for (const char letter : {'a', 'B', 'c', 'D', 'e', 'f'}) {
        put(queue.output(), 1, letter);
    }
    put(queue.output(), 2, 'g');
    EXPECT_EQ(queue.collapse(), 4u);
    EXPECT_EQ(waiting(queue.output()), "Dfg");
}

TEST_F(BacklogTest, MaxLagOffNeverCollapsesByAge)
{
    put(backlog.updates(), 1, 'a');
    put(backlog.updates(), 1, 'b');
    backlog.settle(now, 0s);
    backlog.settle(now + 1h, 0s);
    EXPECT_EQ(waiting(backlog.output()), "ab");
}

} // namespace
} // namespace iochron::server
