#include "server/collapse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace iochron::server {
namespace {

constexpr std::size_t wide = 100; ///< a field beyond the first 64

/// The updates of this test are nothing but what they mark: a number for each field.
pv::BitSet marked(std::span<const std::byte> marks)
{
    pv::BitSet set;
    for (const std::byte field : marks) {
        set.set(std::to_integer<std::size_t>(field));
    }
    return set;
}

constexpr Frames frames{
    .bytes = [](std::span<const std::byte> frame) { return frame.size(); },
    .update = [](std::span<const std::byte>) { return std::optional<std::uint32_t>(); },
    .marks = [](std::span<const std::byte> update) { return update; },
    .marked = marked,
    .overrun =
        [](std::span<const std::byte>, const pv::BitSet& told, base::Output::Amendment& how) {
            for (std::size_t field = 0; field <= wide; ++field) {
                if (told.test(field)) {
                    how.head.push_back(std::byte(field));
                }
            }
        },
};

struct Update {
    std::uint32_t subscription;
    std::vector<std::byte> marks;
};

/// A few subscriptions, and of each update some fields of a few.
std::vector<Update> at_random(unsigned seed)
{
    constexpr std::array<std::byte, 5> fields{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{70}, std::byte{wide}};
    std::mt19937 random(seed);
    std::vector<Update> updates(1 + random() % 80);
    for (Update& update : updates) {
        update.subscription = std::array{1u, 7u, 0u, 0xFFFFFFFFu}[random() % 4];
        std::ranges::copy_if(fields, std::back_inserter(update.marks), [&](std::byte) { return random() % 2 == 0; });
    }
    return updates;
}

/// What is told again, read off the words of Frames and Collapse.
bool is_told_again(std::span<const Update> updates, std::size_t older)
{
    return std::ranges::any_of(updates.subspan(older + 1), [&](const Update& newer) {
        return newer.subscription == updates[older].subscription &&
               marked(newer.marks).contains(marked(updates[older].marks));
    });
}

TEST(Collapse, DropsWhatIsToldAgainAndNothingElse)
{
    for (unsigned seed = 0; seed < 500; ++seed) {
        const std::vector<Update> updates = at_random(seed);
        Collapse collapse(frames);
        for (const Update& update : updates) {
            collapse.see(update.subscription, update.marks);
        }
        Dropped dropped;
        const std::size_t all = collapse.decide(dropped);
        std::size_t gone = 0;
        for (std::size_t i = 0; i < updates.size(); ++i) {
            const bool keeps = collapse.keeps();
            EXPECT_EQ(keeps, !is_told_again(updates, i)) << "seed " << seed << ", update " << i;
            gone += keeps ? 0 : 1;
        }
        EXPECT_EQ(all, gone);
        EXPECT_EQ(dropped.of(0) + dropped.of(1) + dropped.of(7) + dropped.of(0xFFFFFFFF), gone);
    }
}

TEST(Collapse, AnUpdateThatStaysSaysWhatTheOnesItStandsForTold)
{
    const std::vector<std::vector<std::byte>> marks{{std::byte{0}},
                                                    {std::byte{wide}},
                                                    {std::byte{3}},
                                                    {std::byte{0}, std::byte{1}, std::byte{wide}},
                                                    {std::byte{1}}};
    Collapse collapse(frames);
    for (const auto& update : marks) {
        collapse.see(5, update);
    }
    Dropped dropped;
    EXPECT_EQ(collapse.decide(dropped), 2u);
    EXPECT_FALSE(collapse.keeps());
    EXPECT_FALSE(collapse.keeps());
    EXPECT_TRUE(collapse.keeps());
    EXPECT_EQ(collapse.amendment(marks[2]), nullptr);
    EXPECT_TRUE(collapse.keeps());
    const base::Output::Amendment* const amendment = collapse.amendment(marks[3]);
    ASSERT_NE(amendment, nullptr);
    EXPECT_EQ(amendment->head, (std::vector{std::byte{0}, std::byte{wide}}));
    EXPECT_TRUE(collapse.keeps());
    EXPECT_EQ(collapse.amendment(marks[4]), nullptr);
}

} // namespace
} // namespace iochron::server
