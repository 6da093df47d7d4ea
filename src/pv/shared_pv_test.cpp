#include "pv/shared_pv.h"

#include "pv/keeping_sink.h"
#include "pv/normative.h"

#include <gtest/gtest.h>

#include <optional>

namespace iochron::pv {
namespace {

class SharedPvTest : public testing::Test {
  protected:
    SharedPvTest()
    {
        pvs.add("A", pv);
        Structure first(nt_scalar(ScalarType::int32));
        first.set("value", 5);
        EXPECT_TRUE(pv->open(first).ok());
    }
    ChannelId open(std::string_view name = "A")
    {
        const OpenRequest request{name, Token{1}};
        pvs.open({&request, 1}, {}, sink);
        return sink.opens.at(0).channel;
    }
    void put(ChannelId channel, Value value)
    {
        pvs.write({.channel = channel, .token = Token{3}, .value = value}, {}, sink);
    }
    static std::int32_t number(const Value& value) { return value.structure()->find("value")->get<std::int32_t>(); }

    KeepingSink sink;
    int due = 0;
    SharedPvs pvs{[this] { ++due; }};
    std::shared_ptr<SharedPv> pv = std::make_shared<SharedPv>();
};

TEST_F(SharedPvTest, FirstValueHasAllMarkedThenWhatWasPosted)
{
    pvs.subscribe({.channel = open(), .token = Token{2}}, sink);
    ASSERT_TRUE(pv->post(Value::of(6.0), base::Stamp{3'000'000'007}).ok());
    ASSERT_EQ(sink.got.size(), 2U);
    const Structure& first = *sink.got[0].sample.value.structure();
    EXPECT_EQ(first.marked(), leaves(*first.type()));
    EXPECT_EQ(number(sink.got[0].sample.value), 5);
    const Structure& second = *sink.got[1].sample.value.structure();
    EXPECT_EQ(second.marked().count(), 3U);
    EXPECT_TRUE(second.is_marked(*second.type()->find("value")));
    EXPECT_EQ(second.find("timeStamp.nanoseconds")->get<std::int32_t>(), 7);
    EXPECT_EQ(number(sink.got[1].sample.value), 6);
    EXPECT_EQ(due, 1);
    pvs.settle();
    EXPECT_EQ(sink.settles, 1);
}

TEST_F(SharedPvTest, UnsubscribedHearsNothing)
{
    const SubscriptionId id = pvs.subscribe({.channel = open(), .token = Token{2}}, sink);
    pvs.unsubscribe(id);
    pv->post(Value::of(6));
    EXPECT_EQ(sink.got.size(), 1U);
}

TEST_F(SharedPvTest, ClosedChannelHearsNothing)
{
    const ChannelId channel = open();
    const ChannelId other = open();
    pvs.subscribe({.channel = channel, .token = Token{2}}, sink);
    pvs.subscribe({.channel = other, .token = Token{7}}, sink);
    pvs.close(channel);
    pv->post(Value::of(6));
    ASSERT_EQ(sink.got.size(), 3U);
    EXPECT_EQ(sink.got.back().token, Token{7});
    EXPECT_EQ(pvs.describe(channel), nullptr);
}

TEST_F(SharedPvTest, MailboxPostsBeforeItCompletes)
{
    const ChannelId channel = open();
    pvs.subscribe({.channel = channel, .token = Token{2}}, sink);
    put(channel, Value::of(std::int32_t{9}));
    ASSERT_EQ(sink.ends.size(), 1U);
    EXPECT_TRUE(sink.ends[0].status.ok());
    EXPECT_EQ(sink.updates_before_end, 2U);
    EXPECT_EQ(number(sink.got.back().sample.value), 9);
    put(channel, Value::of("no number"));
    EXPECT_FALSE(sink.ends.back().status.ok());
    EXPECT_EQ(pv->value().find("value")->get<std::int32_t>(), 9);
}

TEST_F(SharedPvTest, HandlerAnswersLater)
{
    std::optional<Answer> kept;
    pv->on_put([&](SharedPv&, const Structure&, const Peer&, Answer answer) { kept = answer; });
    put(open(), Value::of(1));
    EXPECT_TRUE(sink.ends.empty());
    kept->refuse("not now");
    kept->done();
    ASSERT_EQ(sink.ends.size(), 1U);
    EXPECT_EQ(sink.ends[0].status.text, "not now");
}

TEST_F(SharedPvTest, DroppedAnswerIsAnError)
{
    pv->on_put([](SharedPv&, const Structure&, const Peer&, const Answer&) {});
    put(open(), Value::of(1));
    ASSERT_EQ(sink.ends.size(), 1U);
    EXPECT_EQ(sink.ends[0].status.outcome, Outcome::internal);
}

TEST_F(SharedPvTest, CancelledOperationIsNotAnswered)
{
    std::optional<Answer> kept;
    pv->on_put([&](SharedPv&, const Structure&, const Peer&, Answer answer) { kept = answer; });
    const ChannelId channel = open();
    put(channel, Value::of(1));
    pvs.cancel(channel, Token{3}, sink);
    kept->done();
    EXPECT_TRUE(sink.ends.empty());
}

TEST_F(SharedPvTest, CallGivesItsResult)
{
    const ChannelId channel = open();
    pvs.rpc(channel, Token{4}, {}, {}, sink);
    EXPECT_EQ(sink.ends.at(0).status.outcome, Outcome::unsupported);
    pv->on_rpc([](SharedPv& self, const Value&, const Peer&, const Answer& answer) { answer.done(self.value()); });
    pvs.rpc(channel, Token{5}, {}, {}, sink);
    EXPECT_EQ(number(sink.ends.at(1).value), 5);
}

TEST_F(SharedPvTest, CloseEndsAllAndRefusesWithWords)
{
    std::optional<Answer> kept;
    pv->on_put([&](SharedPv&, const Structure&, const Peer&, Answer answer) { kept = answer; });
    const ChannelId channel = open();
    pvs.subscribe({.channel = channel, .token = Token{2}}, sink);
    put(channel, Value::of(1));
    pv->close();
    EXPECT_EQ(sink.ends.at(0).status.outcome, Outcome::disconnected);
    EXPECT_EQ(sink.closes, std::vector{Token{1}});
    EXPECT_FALSE(pv->post(Value::of(1)).ok());
    ASSERT_TRUE(pv->open(Structure(nt_scalar(ScalarType::string))).ok());
    put(channel, Value::of(1)); // the old channel stays closed
    EXPECT_EQ(sink.ends.at(1).status.outcome, Outcome::disconnected);
    EXPECT_FALSE(sink.ends.at(1).status.text.empty());
    pv->post(Value::of("new"));
    EXPECT_EQ(sink.got.size(), 1U);
}

TEST_F(SharedPvTest, NamesComeOfTableOrHandler)
{
    pvs.on_name([](std::string_view name) -> std::shared_ptr<SharedPv> {
        if (name != "MADE") {
            return nullptr;
        }
        auto made = std::make_shared<SharedPv>();
        made->open(Structure(nt_scalar(ScalarType::float64)));
        return made;
    });
    const std::vector<std::string_view> names{"A", "MADE", "NONE"};
    std::vector<Presence> found(3);
    pvs.find(names, found);
    EXPECT_EQ(found, (std::vector{Presence::here, Presence::here, Presence::absent}));
    EXPECT_EQ(pvs.size(), 2U);
    pv->close();
    pvs.find(names, found);
    EXPECT_EQ(found[0], Presence::absent);
}

} // namespace
} // namespace iochron::pv
