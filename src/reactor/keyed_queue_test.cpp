#include "reactor/keyed_queue.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace iochron::reactor {
namespace {

using Queue = KeyedQueue<int, int>;
using Entries = std::vector<std::pair<int, int>>;

/// Runs the shard until it has received `wanted` values.
void run_for(Shard& shard, const Entries& received, std::size_t wanted)
{
    shard.run_until(std::chrono::steady_clock::now() + std::chrono::seconds(60),
                    [&] { return received.size() >= wanted; });
}

TEST(KeyedQueue, KeepsTheOrderOfOneThread)
{
    Shard shard;
    Entries received;
    Queue queue(shard, 100, [&](auto entries) { received.insert(received.end(), entries.begin(), entries.end()); });
    EXPECT_EQ(queue.push(1, 10), Queue::Push::accepted);
    EXPECT_EQ(queue.push(2, 20), Queue::Push::accepted);
    EXPECT_EQ(queue.push(1, 11), Queue::Push::accepted);
    run_for(shard, received, 3);
    EXPECT_EQ(received, (Entries{{1, 10}, {2, 20}, {1, 11}}));
}

TEST(KeyedQueue, BeyondTheBoundTheNewestOfAKeyTakesTheLastOnesPlace)
{
    Shard shard;
    Entries received;
    Queue queue(shard, 3, [&](auto entries) { received.insert(received.end(), entries.begin(), entries.end()); });
    (void)queue.push(1, 10);
    (void)queue.push(1, 11);
    (void)queue.push(2, 20);
    EXPECT_EQ(queue.push(1, 12), Queue::Push::coalesced);
    EXPECT_EQ(queue.push(3, 30), Queue::Push::accepted) << "each key may have one";
    EXPECT_EQ(queue.push(3, 31), Queue::Push::coalesced);
    run_for(shard, received, 4);
    EXPECT_EQ(received, (Entries{{1, 10}, {1, 12}, {2, 20}, {3, 31}}));
    EXPECT_EQ(queue.push(1, 13), Queue::Push::accepted) << "there is room again";
}

TEST(KeyedQueue, AWaitingPushLosesNothing)
{
    Shard shard;
    Entries received;
    Queue queue(shard, 2, [&](auto entries) { received.insert(received.end(), entries.begin(), entries.end()); });
    std::jthread writer([&] {
        for (int i = 0; i < 1000; ++i) {
            queue.push_waiting(7, i);
        }
    });
    run_for(shard, received, 1000);
    ASSERT_EQ(received.size(), 1000u);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(received[static_cast<std::size_t>(i)], std::pair(7, i));
    }
}

} // namespace
} // namespace iochron::reactor
