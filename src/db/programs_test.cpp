#include "db/rig.h"

#include <stdexcept>

using namespace iochron;
using db::Rig;
using pv::Token;
using pv::Value;

namespace {

/// A longout record whose output user code takes, and a record behind it.
struct Taken : Rig {
    Taken()
    {
        out = record("longout", "OUT", {{"FLNK", "NEXT"}});
        record("calc", "NEXT", {{"CALC", "VAL+1"}});
        database.on_output(out, [this](db::RecordId record, const Value& value) {
            EXPECT_EQ(record, out);
            got.push_back(value.get<std::int32_t>());
            if (fails) {
                throw std::runtime_error("the motor is off");
            }
            if (at_once) {
                database.complete(record, answer);
            }
        });
        start();
        channel = open("OUT", notes);
    }
    void write(std::uint64_t token, double value, bool wait = true)
    {
        database.write({.channel = channel, .token = Token{token}, .value = Value::of(value), .wait = wait}, peer,
                       notes);
    }
    std::vector<std::uint64_t> ended()
    {
        std::vector<std::uint64_t> tokens;
        for (const auto& [token, status] : notes.ended) {
            EXPECT_TRUE(status.ok());
            tokens.push_back(token);
        }
        return tokens;
    }

    db::RecordId out{};
    pv::ChannelId channel{};
    std::vector<std::int32_t> got;
    bool at_once = false;
    bool fails = false;
    pv::Status answer;
};

} // namespace

TEST(Programs, APutIsCompleteWhenTheProgramIs)
{
    Taken rig;
    rig.write(1, 5);
    EXPECT_EQ(rig.got, (std::vector<std::int32_t>{5}));
    EXPECT_EQ(rig.number("OUT.PACT"), 1);
    EXPECT_TRUE(rig.ended().empty());
    EXPECT_EQ(rig.number("NEXT"), 0);
    rig.database.complete(rig.out);
    EXPECT_EQ(rig.ended(), (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(rig.number("NEXT"), 1);
    EXPECT_EQ(rig.number("OUT.PACT"), 0);
    EXPECT_EQ(rig.text("OUT.SEVR"), "NO_ALARM");
}

TEST(Programs, MayCompleteWithinTheCall)
{
    Taken rig;
    rig.at_once = true;
    rig.write(1, 5);
    EXPECT_EQ(rig.ended(), (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(rig.number("OUT.PACT"), 0);
    EXPECT_EQ(rig.number("NEXT"), 1);
}

TEST(Programs, AFailureIsAnAlarmWithWords)
{
    Taken rig;
    rig.fails = true;
    rig.write(1, 5);
    EXPECT_EQ(rig.text("OUT.STAT"), "WRITE");
    EXPECT_EQ(rig.text("OUT.SEVR"), "INVALID");
    EXPECT_EQ(rig.text("OUT.AMSG"), "the motor is off");
    EXPECT_EQ(rig.number("OUT.PACT"), 0);
    rig.fails = false;
    rig.at_once = true;
    rig.answer = {pv::Outcome::timed_out, "no answer"};
    rig.write(2, 6);
    EXPECT_EQ(rig.text("OUT.AMSG"), "no answer");
    rig.at_once = false;
    rig.write(3, 7);
    rig.database.complete(rig.out, {pv::Outcome::put_failed});
    EXPECT_EQ(rig.text("OUT.AMSG"), "the put failed");
    EXPECT_EQ(rig.ended(), (std::vector<std::uint64_t>{1, 2, 3}));
    rig.write(4, 8);
    rig.database.complete(rig.out);
    EXPECT_EQ(rig.text("OUT.SEVR"), "NO_ALARM");
    EXPECT_EQ(rig.text("OUT.AMSG"), "");
}

TEST(Programs, APutMeanwhileIsHandedOverAfterwards)
{
    Taken rig;
    rig.write(1, 5, false);
    rig.write(2, 6, false);
    rig.write(3, 7, false);
    EXPECT_EQ(rig.got, (std::vector<std::int32_t>{5}));
    EXPECT_EQ(rig.number("OUT.RPRO"), 1);
    rig.database.complete(rig.out);
    EXPECT_EQ(rig.got, (std::vector<std::int32_t>{5, 7}));
    rig.database.complete(rig.out);
    EXPECT_EQ(rig.number("OUT.PACT"), 0);
    EXPECT_EQ(rig.got.size(), 2u);
}

TEST(Programs, APutWithCompletionMeanwhileWaitsItsTurn)
{
    Taken rig;
    rig.write(1, 5);
    rig.write(2, 6);
    rig.database.complete(rig.out);
    EXPECT_EQ(rig.ended(), (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(rig.got, (std::vector<std::int32_t>{5, 6}));
    rig.database.complete(rig.out);
    EXPECT_EQ(rig.ended(), (std::vector<std::uint64_t>{1, 2}));
}

TEST(Programs, GiveTheRecordBackToItsDevice)
{
    Taken rig;
    rig.database.on_output(rig.out, nullptr);
    rig.write(1, 5);
    EXPECT_TRUE(rig.got.empty());
    EXPECT_EQ(rig.ended(), (std::vector<std::uint64_t>{1}));
}
