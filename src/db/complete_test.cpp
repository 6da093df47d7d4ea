#include "db/cycle.h"
#include "db/rig.h"

using namespace std::chrono_literals;
using namespace iochron;
using db::Rig;
using db::Transfer;
using pv::Token;
using pv::Value;

namespace {

/// An ai record whose device answers when the test says so, and a calc record behind it.
struct Later : Rig {
    explicit Later(int chain = 0)
    {
        const auto transfer = [this](db::Record&, db::Cycle& cycle) { return read(cycle); };
        EXPECT_TRUE(database.add_device("ai", {.name = "Later", .transfer = transfer}));
        EXPECT_FALSE(database.add_device("ai", {.name = "Later", .transfer = transfer}));
        EXPECT_FALSE(database.add_device("calc", {.name = "Later", .transfer = transfer}));
        ai = record("ai", "AI", {{"DTYP", "Later"}, {"FLNK", "NEXT"}});
        record("calc", "NEXT", {{"CALC", "VAL+1"}});
        record("calc", "BEFORE", {{"CALC", "VAL+1"}, {"FLNK", "AI"}});
        for (int i = 0; i < chain; ++i) {
            record("calc", fmt::format("C{}", i),
                   {{"CALC", "VAL+1"}, {"FLNK", i + 1 < chain ? fmt::format("C{}", i + 1) : std::string("AI")}});
        }
        start();
        channel = open("AI.PROC", notes);
    }
    Transfer read(db::Cycle& cycle)
    {
        if (!cycle.completing()) {
            ++asked;
            return Transfer::wait;
        }
        EXPECT_TRUE(cycle.accept(Value::of(answer)).ok());
        return Transfer::done;
    }
    void write(std::uint64_t token, bool wait)
    {
        database.write({.channel = channel, .token = Token{token}, .value = Value::of(1.0), .wait = wait}, peer, notes);
    }

    db::RecordId ai{};
    pv::ChannelId channel{};
    int asked = 0;
    double answer = 42;
};

} // namespace

TEST(Complete, EndsTheProcessingThatADeviceWorksOn)
{
    Later rig;
    rig.write(1, false);
    EXPECT_EQ(rig.number("AI.PACT"), 1);
    EXPECT_EQ(rig.number("NEXT"), 0);
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.number("AI"), 42);
    EXPECT_EQ(rig.number("AI.PACT"), 0);
    EXPECT_EQ(rig.number("NEXT"), 1);
    rig.database.complete(rig.ai); // too much: nothing happens
    EXPECT_EQ(rig.number("NEXT"), 1);
}

TEST(Complete, AnswersAPutThatWaitsWhenTheWholeChainIsDone)
{
    Later rig;
    rig.write(1, true);
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.subscribe("NEXT", 5);
    rig.notes.events.clear();
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.notes.events, (std::vector<std::string>{"update 5", "completed 1", "settled"}));
}

TEST(Complete, APutThatWaitsQueuesBehindOneThatIsUnderWay)
{
    Later rig;
    rig.write(1, true);
    rig.write(2, true);
    EXPECT_EQ(rig.asked, 1);
    rig.database.complete(rig.ai);
    ASSERT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_EQ(rig.notes.ended[0].first, 1u);
    EXPECT_EQ(rig.asked, 2);
    rig.database.complete(rig.ai);
    ASSERT_EQ(rig.notes.ended.size(), 2u);
    EXPECT_EQ(rig.notes.ended[1].first, 2u);
    EXPECT_TRUE(rig.notes.ended[1].second.ok());
}

TEST(Complete, AnOrdinaryPutToABusyRecordLetsItProcessOnceMore)
{
    Later rig;
    rig.write(1, true);
    rig.write(2, false);
    rig.write(3, false);
    EXPECT_EQ(rig.number("AI.RPRO"), 1);
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.asked, 2);
    EXPECT_EQ(rig.number("AI.PACT"), 1);
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.asked, 2);
    EXPECT_EQ(rig.number("AI.PACT"), 0);
}

TEST(Complete, ACancelledOrClosedPutIsNotAnswered)
{
    Later rig;
    rig.write(1, true);
    rig.write(2, true);
    rig.database.cancel(rig.channel, Token{1}, rig.notes);
    rig.database.close(rig.channel);
    rig.database.complete(rig.ai);
    EXPECT_TRUE(rig.notes.ended.empty());
    EXPECT_EQ(rig.number("AI"), 42) << "what it started goes on";
    EXPECT_EQ(rig.asked, 1);
}

TEST(Complete, RaisesAScanAlarmWhenTheRecordStaysActive)
{
    Later rig;
    rig.write(1, false);
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.text("AI.SEVR"), "NO_ALARM");
    rig.write(1, false);
    for (int i = 0; i < 12; ++i) {
        rig.database.trigger(rig.ai);
    }
    EXPECT_EQ(rig.text("AI.STAT"), "SCAN");
    EXPECT_EQ(rig.text("AI.SEVR"), "INVALID");
    EXPECT_EQ(rig.text("AI.AMSG"), "Async in progress");
}

TEST(Complete, APutThatWaitsComesWithTheSecondPassOfABusyRecord)
{
    Later rig;
    rig.write(1, false);
    rig.write(2, false);
    EXPECT_EQ(rig.number("AI.RPRO"), 1);
    rig.write(3, true);
    EXPECT_EQ(rig.asked, 1);
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.asked, 2);
    EXPECT_TRUE(rig.notes.ended.size() == 2) << "of the puts that nobody waits for";
    EXPECT_EQ(rig.number("AI.PUTF"), 0) << "a put that waited leaves it alone";
    rig.database.complete(rig.ai);
    ASSERT_EQ(rig.notes.ended.size(), 3u);
    EXPECT_EQ(rig.notes.ended.back().first, 3u);
    EXPECT_EQ(rig.number("AI.PACT"), 0);
}

TEST(Complete, DoesNotWaitForWhatWasBusyBefore)
{
    Later rig;
    const auto channel = rig.open("BEFORE.PROC", rig.notes);
    rig.write(1, false);
    rig.notes.ended.clear();
    rig.database.write({.channel = channel, .token = Token{9}, .value = Value::of(1.0), .wait = true}, rig.peer,
                       rig.notes);
    ASSERT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_EQ(rig.notes.ended[0].first, 9u);
    EXPECT_EQ(rig.number("AI.RPRO"), 1) << "but it processes once more";
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.asked, 2);
}

TEST(Complete, APutThatWaitsWaitsForABusyRecordWhateverItsField)
{
    Later rig;
    rig.write(1, false);
    rig.notes.ended.clear();
    const auto put = [&rig](std::string_view name, std::uint64_t token, std::string_view text) {
        const auto channel = rig.open(name, rig.notes);
        rig.database.write({.channel = channel, .token = Token{token}, .value = Value::of(text), .wait = true},
                           rig.peer, rig.notes);
    };
    put("AI.DESC", 2, "late");
    put("AI.FLNK", 3, "");
    ASSERT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_EQ(rig.notes.ended[0].first, 3u) << "links are set at once";
    EXPECT_EQ(rig.text("AI.DESC"), "");
    rig.database.complete(rig.ai);
    ASSERT_EQ(rig.notes.ended.size(), 2u);
    EXPECT_EQ(rig.text("AI.DESC"), "late");
    EXPECT_EQ(rig.asked, 1);
}

TEST(Complete, AProcessThatWaitsDoesAsAPutThatWaits)
{
    Later rig;
    rig.write(1, false);
    rig.notes.ended.clear();
    rig.database.process(rig.channel, Token{2}, true, rig.peer, rig.notes);
    rig.database.complete(rig.ai);
    EXPECT_EQ(rig.asked, 2);
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.database.complete(rig.ai);
    ASSERT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_EQ(rig.notes.ended[0].first, 2u);
}

TEST(Complete, FollowsAChainThatIsNestedTooDeeply)
{
    Later rig(300);
    const auto channel = rig.open("C0.PROC", rig.notes);
    rig.database.write({.channel = channel, .token = Token{9}, .value = Value::of(1.0), .wait = true}, rig.peer,
                       rig.notes);
    EXPECT_EQ(rig.number("AI.PACT"), 1);
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.database.complete(rig.ai);
    ASSERT_EQ(rig.notes.ended.size(), 1u);
}
