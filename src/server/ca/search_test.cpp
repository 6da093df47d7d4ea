#include "server/ca/search.h"

#include "base/writer.h"
#include "wire/ca/echo.h"
#include "wire/ca/message.h"
#include "wire/ca/search.h"
#include "wire/ca/version.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace iochron::server::ca {
namespace {

class SearchTest : public testing::Test {
  protected:
    template <class... M>
    std::vector<std::byte> datagram(const M&... messages)
    {
        std::vector<std::byte> bytes((frame_bytes(messages) + ...));
        base::Writer writer(bytes);
        (encode(writer, messages), ...);
        return bytes;
    }
    std::vector<std::vector<std::byte>> answers(std::span<const std::byte> bytes)
    {
        std::vector<std::vector<std::byte>> all;
        responder.answer(bytes, 5064,
                         [&](std::span<const std::byte> answer) { all.emplace_back(answer.begin(), answer.end()); });
        return all;
    }
    static wire::ca::Search search(std::uint32_t id, std::string_view name, std::uint16_t minor = 13)
    {
        return {.minor = minor, .id = wire::ca::Cid{id}, .name = name};
    }

    std::set<std::string, std::less<>> names{"a", "b"};
    base::Counters counters;
    SearchResponder responder{[this](std::span<const std::string_view> asked, std::span<bool> found) {
                                  for (std::size_t i = 0; i < asked.size(); ++i) {
                                      found[i] = names.contains(asked[i]);
                                  }
                              },
                              counters};
};

TEST_F(SearchTest, AnswersWhatIsHereWithTheSequenceOfTheDatagram)
{
    const auto got =
        answers(datagram(wire::ca::datagram_version(0x01020304), search(7, "a"), search(8, "x"), search(9, "b")));
    ASSERT_EQ(got.size(), 1u);
    const std::vector<int> expected = {
        0, 0, 0, 0, 0,    1,    0, 13, 1,    2,    3,    4,    0, 0, 0, 0,                          // VERSION
        0, 6, 0, 8, 0x13, 0xc8, 0, 0,  0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7, 0, 13, 0, 0, 0, 0, 0, 0, // SEARCH
        0, 6, 0, 8, 0x13, 0xc8, 0, 0,  0xff, 0xff, 0xff, 0xff, 0, 0, 0, 9, 0, 13, 0, 0, 0, 0, 0, 0};
    ASSERT_EQ(got[0].size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(std::to_integer<int>(got[0][i]), expected[i]) << i;
    }
    EXPECT_EQ(counters.get("ca.server.searches").value(), 3u);
    EXPECT_EQ(counters.get("ca.server.found").value(), 2u);
}

TEST_F(SearchTest, SilenceWhereNothingIsHereOrNoVersionCame)
{
    EXPECT_TRUE(answers(datagram(wire::ca::datagram_version(1), search(7, "x"))).empty());
    EXPECT_TRUE(answers(datagram(search(7, "a"))).empty());
    EXPECT_TRUE(answers(datagram(wire::ca::Version{.minor = 3}, search(7, "a"))).empty());
    EXPECT_TRUE(answers(datagram(wire::ca::Version{}, search(7, "a", 3))).empty());
    EXPECT_TRUE(answers(datagram(wire::ca::Version{}, search(7, ""))).empty());
    EXPECT_TRUE(answers({}).empty());
}

TEST_F(SearchTest, APeerBelowElevenGetsNoVersion)
{
    const auto got = answers(datagram(wire::ca::Version{.minor = 10}, search(7, "a", 10)));
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].size(), 24u);
}

TEST_F(SearchTest, WhatMakesNoSenseEndsTheDatagramButNotWhatCameBefore)
{
    auto bytes = datagram(wire::ca::Version{}, search(7, "a"), wire::ca::ReadSync{}, search(8, "b"));
    EXPECT_EQ(answers(bytes)[0].size(), 40u);
    bytes = datagram(wire::ca::Version{}, search(7, "a"), search(8, "b"));
    bytes.resize(bytes.size() - 1);
    EXPECT_EQ(answers(bytes)[0].size(), 40u);
}

TEST_F(SearchTest, ManyAnswersAreSplitIntoDatagrams)
{
    std::vector<std::byte> bytes(16 + 100 * 24);
    base::Writer writer(bytes);
    encode(writer, wire::ca::datagram_version(5));
    for (std::uint32_t id = 0; id < 100; ++id) {
        encode(writer, search(id, "a"));
    }
    const auto got = answers(bytes);
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[0].size(), 16u + 42 * 24);
    EXPECT_EQ(got[2].size(), 16u + 16 * 24);
}

} // namespace
} // namespace iochron::server::ca
