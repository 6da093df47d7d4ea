#include "reactor/spdlog_log.h"

#include "reactor/system_clock.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;

class LogOfATest : public testing::Test {
  protected:
    LogSettings settings()
    {
        return {.lines = 2,
                .window = 10s,
                .keys = 3,
                .sink = [this](const std::string& line) { lines.push_back(line.substr(24)); }, // behind the time
                .now = [this] { return now; }};
    }
    base::Steady now{1h};
    std::vector<std::string> lines;
};

TEST_F(LogOfATest, WritesLevelAndText)
{
    SpdlogLog log(settings());
    log.error("key", "{} of {}", 1, 2);
    log.info("other", "three");
    log.write(base::Level::debug, "key", "too little to be written");
    EXPECT_EQ(lines, (std::vector<std::string>{"error 1 of 2\n", "info three\n"}));
}

TEST_F(LogOfATest, HoldsBackAKeyThatComesTooFastAndSaysSo)
{
    SpdlogLog log(settings());
    for (int i = 0; i < 10; ++i) {
        log.warning("fast", "line {}", i);
    }
    log.warning("slow", "not held back");
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[2], "warning not held back\n");
    now += 10s;
    log.warning("slow", "a later line of any key tells");
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_EQ(lines[3], "warning (fast: 8 more held back)\n");
    log.warning("fast", "again");
    EXPECT_EQ(lines.back(), "warning again\n");
}

TEST_F(LogOfATest, TellsAtItsEndWhatItHeldBack)
{
    {
        SpdlogLog log(settings());
        for (int i = 0; i < 3; ++i) {
            log.error("key", "line");
        }
    }
    EXPECT_EQ(lines.back(), "error (key: 1 more held back)\n");
}

TEST_F(LogOfATest, RemembersABoundedNumberOfKeys)
{
    SpdlogLog log(settings());
    for (int i = 0; i < 100; ++i) {
        log.warning(fmt::format("peer {}", i), "hello");
    }
    EXPECT_EQ(lines.size(), 3u + 2u); // three keys, and the share of all others
}

TEST_F(LogOfATest, LetsNoPeerWriteALineOrAnEscapeOfItsOwn)
{
    SpdlogLog log(settings());
    log.warning("key", "name '{}'", "a\nb\x1b[31m");
    EXPECT_EQ(lines, std::vector<std::string>{"warning name 'a\\x0ab\\x1b[31m'\n"});
}

TEST_F(LogOfATest, TakesLinesOfManyThreads)
{
    LogSettings all = settings();
    all.lines = 1'000'000;
    SpdlogLog log(all);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                log.info("key", "line");
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(lines.size(), 400u);
}

TEST(SystemClock, IsPosixTime)
{
    const SystemClock clock;
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    const base::Stamp stamp = clock.now();
    const auto after = std::chrono::system_clock::now().time_since_epoch();
    EXPECT_GE(stamp.ns, std::chrono::nanoseconds(before).count());
    EXPECT_LE(stamp.ns, std::chrono::nanoseconds(after).count());
}

} // namespace
} // namespace iochron::reactor
