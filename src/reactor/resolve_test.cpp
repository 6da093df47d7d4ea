#include "reactor/resolve.h"

#include <gtest/gtest.h>

#include <optional>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;

TEST(Resolve, GivesNumbersAtOnce)
{
    Shard shard;
    std::optional<Resolved> resolved;
    resolve(shard, " 10.0.0.7  10.0.0.8:5076,10.0.0.255 ", 5064, [&](Resolved r) { resolved = std::move(r); });
    ASSERT_TRUE(resolved);
    const auto at = [](const char* text) { return *base::parse_endpoint(text, 5064); };
    EXPECT_EQ(resolved->endpoints,
              (std::vector<base::Endpoint>{at("10.0.0.7"), at("10.0.0.8:5076"), at("10.0.0.255")}));
    EXPECT_TRUE(resolved->problems.empty());
}

TEST(Resolve, GivesNothingForNothing)
{
    Shard shard;
    std::optional<Resolved> resolved;
    resolve(shard, "", 5064, [&](Resolved r) { resolved = std::move(r); });
    ASSERT_TRUE(resolved);
    EXPECT_TRUE(resolved->endpoints.empty());
}

TEST(Resolve, AsksForNamesAndKeepsTheOrderOfTheList)
{
    Shard shard;
    std::optional<Resolved> resolved;
    resolve(shard, "localhost:1 10.0.0.7 localhost", 5064, [&](Resolved r) { resolved = std::move(r); });
    EXPECT_FALSE(resolved); // a name is never looked up on the shard
    ASSERT_TRUE(shard.run_until(std::chrono::steady_clock::now() + 30s, [&] { return resolved.has_value(); }));
    EXPECT_EQ(resolved->endpoints, (std::vector<base::Endpoint>{
                                       {base::ipv4_loopback, 1}, {{0x0a000007}, 5064}, {base::ipv4_loopback, 5064}}));
}

TEST(Resolve, NamesWhatGaveNothing)
{
    Shard shard;
    std::optional<Resolved> resolved;
    resolve(shard, "10.0.0.7:99999 10.0.0.8", 5064, [&](Resolved r) { resolved = std::move(r); });
    ASSERT_TRUE(resolved);
    EXPECT_EQ(resolved->endpoints.size(), 1u);
    EXPECT_EQ(resolved->problems,
              std::vector<std::string>{"'10.0.0.7:99999' is no address; host or host:port is expected"});
}

} // namespace
} // namespace iochron::reactor
