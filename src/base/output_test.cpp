#include "base/output.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace iochron::base {
namespace {

/// Frames of these tests: one byte that tells the whole length, then that many bytes less one of one letter.
std::size_t frame_bytes(std::span<const std::byte> header)
{
    return std::to_integer<std::size_t>(header[0]);
}

void put(Output& output, std::size_t size, char letter)
{
    std::byte* const at = output.grow(size);
    std::memset(at, letter, size);
    at[0] = std::byte(size);
}

std::string waiting(const Output& output)
{
    std::array<std::span<const std::byte>, 64> pieces;
    std::string all;
    for (std::size_t i = 0, n = output.gather(pieces); i < n; ++i) {
        all.append(reinterpret_cast<const char*>(pieces[i].data()), pieces[i].size());
    }
    return all;
}

TEST(Output, GivesBytesBackInOrderAcrossBlocks)
{
    BlockPool pool;
    Output output(pool);
    std::string expected;
    for (int i = 0; i < 3000; ++i) {
        put(output, 100, static_cast<char>('a' + i % 26));
        expected += static_cast<char>(100) + std::string(99, static_cast<char>('a' + i % 26));
    }
    EXPECT_EQ(output.size(), 300'000u);
    std::string got;
    while (!output.empty()) {
        const std::string some = waiting(output).substr(0, 777);
        got += some;
        output.consume(some.size());
    }
    EXPECT_EQ(got, expected);
    EXPECT_EQ(output.written(), output.produced());
}

TEST(Output, TakesNoFrameAtAll)
{
    BlockPool pool;
    Output output(pool);
    output.append({}); // at no address: undefined behaviour if it were copied
    EXPECT_TRUE(output.empty());
}

TEST(Output, SharesLargePayloadsAndLetsGoOfThem)
{
    BlockPool pool;
    Output output(pool);
    auto payload = std::make_shared<std::string>(10'000, 'p');
    put(output, 16, 'h');
    output.share(std::as_bytes(std::span(*payload)), payload);
    put(output, 8, 't');
    EXPECT_EQ(payload.use_count(), 2);
    EXPECT_EQ(output.size(), 10'024u);
    EXPECT_EQ(waiting(output).substr(16, 10'000), *payload);
    output.consume(10'016);
    EXPECT_EQ(payload.use_count(), 1);
    EXPECT_EQ(waiting(output), static_cast<char>(8) + std::string(7, 't'));
}

TEST(Output, AFrameLargerThanABlockIsContiguous)
{
    BlockPool pool;
    Output output(pool);
    std::memset(output.grow(BlockPool::block_bytes * 3), 'x', BlockPool::block_bytes * 3);
    output.append(std::as_bytes(std::span("yz", 2)));
    EXPECT_EQ(waiting(output), std::string(BlockPool::block_bytes * 3, 'x') + "yz");
}

TEST(Output, RetainDropsFramesButNeverHalfAFrame)
{
    BlockPool pool;
    Output output(pool);
    for (const char letter : std::string("abcd")) {
        put(output, 10, letter);
    }
    output.consume(13); // a is gone, b is under way
    const auto keeps_d = [](std::span<const std::byte> frame) { return frame[1] == std::byte{'d'}; };
    EXPECT_EQ(output.retain(frame_bytes, keeps_d), 10u);
    const std::string d = static_cast<char>(10) + std::string(9, 'd');
    EXPECT_EQ(waiting(output), std::string(7, 'b') + d);
    EXPECT_EQ(output.size(), 17u);
    put(output, 10, 'e');
    EXPECT_EQ(output.retain(frame_bytes, keeps_d), 10u) << "the frame under way is still known as one";
    EXPECT_EQ(waiting(output), std::string(7, 'b') + d);
    output.consume(17);
    EXPECT_TRUE(output.empty());
}

TEST(Output, WalkShowsWhatRetainWouldOffer)
{
    BlockPool pool;
    Output output(pool);
    auto payload = std::make_shared<std::string>(5'000, 'p');
    put(output, 4, 'a');
    put(output, 5, 'b');
    output.share(std::as_bytes(std::span(*payload)), payload);
    put(output, 6, 'c');
    output.consume(2); // the first is partly written
    std::string seen;
    output.walk(frame_bytes, [&](std::span<const std::byte> frame) { seen += static_cast<char>(frame[1]); });
    EXPECT_EQ(seen, "bc");
    EXPECT_EQ(output.room(), BlockPool::block_bytes - 6);
    EXPECT_EQ(output.size(), 5'013u);
}

TEST(Output, RetainTreatsAPayloadAsPartOfItsFrame)
{
    BlockPool pool;
    Output output(pool);
    auto payload = std::make_shared<std::string>(5'000, 'p');
    for (const char letter : std::string("abc")) {
        put(output, 10, letter);
        output.share(std::as_bytes(std::span(*payload)), payload);
    }
    output.consume(2'000); // inside the payload of a
    const auto keeps_c = [](std::span<const std::byte> frame) { return frame[1] == std::byte{'c'}; };
    EXPECT_EQ(output.retain(frame_bytes, keeps_c), 5'010u);
    EXPECT_EQ(output.size(), 3'010u + 5'010u);
    EXPECT_EQ(output.retain(frame_bytes, keeps_c), 0u);
    EXPECT_EQ(waiting(output).substr(0, 3'011), std::string(3'010, 'p') + static_cast<char>(10));
    output.consume(8'020);
    EXPECT_TRUE(output.empty());
    EXPECT_EQ(payload.use_count(), 1);
}

TEST(Output, OldestFollowsWhatWaits)
{
    BlockPool pool;
    Output output(pool);
    const Steady start{std::chrono::seconds(100)};
    EXPECT_EQ(output.oldest(), never);
    put(output, 10, 'a');
    output.mark(start);
    put(output, 10, 'b');
    output.mark(start + std::chrono::seconds(1));
    EXPECT_EQ(output.oldest(), start);
    output.consume(10);
    EXPECT_EQ(output.oldest(), start + std::chrono::seconds(1));
    output.consume(10);
    EXPECT_EQ(output.oldest(), never);
}

TEST(Output, SpliceMovesEverything)
{
    BlockPool pool;
    Output a(pool);
    Output b(pool);
    put(a, 10, 'a');
    put(b, 10, 'b');
    put(b, 10, 'c');
    b.consume(10);
    a.splice(b);
    EXPECT_TRUE(b.empty());
    EXPECT_EQ(a.size(), 20u);
    put(b, 10, 'd');
    EXPECT_EQ(waiting(b), static_cast<char>(10) + std::string(9, 'd'));
    EXPECT_EQ(waiting(a), static_cast<char>(10) + std::string(9, 'a') + static_cast<char>(10) + std::string(9, 'c'));
}

TEST(Output, SplicesAPartAndKeepsWhatIsPartlyWritten)
{
    BlockPool pool;
    Output from(pool);
    put(from, 40, 'a');
    put(from, 65'000, 'b');
    put(from, 65'000, 'c');
    from.consume(7);
    Output to(pool);
    const std::size_t all = from.size();
    to.splice(from, 1);
    EXPECT_EQ(to.size(), 33u + 65'000u);
    EXPECT_EQ(from.size() + to.size(), all);
    to.consume(33);
    to.splice(from, 1'000'000);
    EXPECT_TRUE(from.empty());
    EXPECT_EQ(to.size(), 130'000u);
    put(from, 10, 'd');
    EXPECT_EQ(from.size(), 10u);
    to.clear();
    EXPECT_TRUE(to.empty());
}

} // namespace
} // namespace iochron::base
