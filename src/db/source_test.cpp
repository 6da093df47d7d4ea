#include "db/rig.h"

using namespace std::chrono_literals;
using namespace iochron;
using db::Notes;
using db::Rig;
using pv::Mask;
using pv::Outcome;
using pv::ScalarType;
using pv::Token;
using pv::Value;

TEST(Source, FindsFieldsAndNothingElse)
{
    Rig rig;
    rig.record("calc", "C");
    rig.start();
    const std::string_view names[] = {"C", "C.",     "C.VAL",  "C.HIHI", "C.DESC$", "C.INPA$", "C.RTYP",
                                      "D", "C.NONE", "C.VAL$", "C$",     "C.TIME",  "C.RPCL",  "c"};
    std::vector<pv::Presence> found(std::size(names));
    rig.database.find(names, found);
    for (std::size_t i = 0; i < std::size(names); ++i) {
        EXPECT_EQ(found[i], i < 7 ? pv::Presence::here : pv::Presence::absent) << names[i];
    }
}

TEST(Source, OpensWithWordsForWhatIsNotThere)
{
    Rig rig;
    rig.record("calc", "C", {{"DESC", "text"}});
    rig.start();
    const pv::OpenRequest requests[] = {
        {"C", Token{1}}, {"X", Token{2}}, {"C.STAT", Token{3}}, {"C.{none:{}}", Token{4}}};
    rig.database.open(requests, rig.peer, rig.notes);
    ASSERT_EQ(rig.notes.answered.size(), 4u);
    EXPECT_TRUE(rig.notes.answered[0].status.ok());
    EXPECT_EQ(rig.notes.answered[0].meta->type, ScalarType::float64);
    EXPECT_EQ(rig.notes.answered[0].meta->description, "text");
    EXPECT_EQ(rig.notes.answered[1].status.outcome, Outcome::no_such_channel);
    EXPECT_FALSE(rig.notes.answered[2].rights.write);
    EXPECT_EQ(rig.notes.answered[2].meta->choices.size(), 22u);
    EXPECT_EQ(rig.notes.answered[3].status.outcome, Outcome::unsupported);
}

TEST(Source, ReadsAnyField)
{
    Rig rig;
    rig.record("calc", "C", {{"DESC", "text"}, {"HIHI", "3"}, {"INPA", "C.B"}});
    rig.start();
    const auto read = [&](std::string_view name) {
        rig.database.read({.channel = rig.open(name, rig.notes), .token = Token{9}}, rig.peer, rig.notes);
        EXPECT_TRUE(rig.notes.ended.back().second.ok());
        return rig.notes.read;
    };
    EXPECT_EQ(read("C.HIHI").value.as_double(), 3);
    EXPECT_EQ(read("C.DESC").value.text(), "text");
    EXPECT_EQ(read("C.INPA").value.text(), "C.B NPP NMS");
    EXPECT_EQ(read("C.RTYP").value.text(), "calc");
    const auto characters = read("C.DESC$");
    EXPECT_EQ(characters.value.type(), ScalarType::int8);
    EXPECT_EQ(characters.value.count(), 5u);
    EXPECT_EQ(characters.meta->max_count, 41u);
    EXPECT_EQ(read("C.SEVR").value.get<std::uint16_t>(), 3);
    EXPECT_EQ(read("C").alarm.severity, pv::Severity::invalid);
}

TEST(Source, HandsOverFirstValuesAndUpdatesInOneOrder)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    rig.subscribe("C", 1);
    rig.subscribe("C", 2, Mask::alarm);
    rig.subscribe("C", 3, Mask::value | Mask::log);
    rig.put("C.PROC", 1);
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 1, 2}));
    EXPECT_EQ(rig.values(2), (std::vector<double>{0, 1})) << "the alarm went with the first processing";
    EXPECT_EQ(rig.values(3), (std::vector<double>{0, 1, 2}));
    EXPECT_EQ(rig.notes.noted.front().mask, Mask::none);
    const auto channel = rig.open("C", rig.notes);
    EXPECT_EQ(rig.database.posted(channel), 2u);
}

TEST(Source, EndsSubscriptionsOneByOneAndWithTheirChannel)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    const auto first = rig.subscribe("C", 1);
    const auto second = rig.subscribe("C", 2);
    const auto channel = rig.open("C", rig.notes, 3);
    rig.database.subscribe({.channel = channel, .token = Token{3}}, rig.notes);
    rig.database.subscribe({.channel = channel, .mask = Mask::alarm, .token = Token{4}}, rig.notes);
    rig.database.unsubscribe(first);
    rig.subscribe("C", 5); // takes the first place
    rig.database.unsubscribe(first);
    rig.notes.noted.clear();
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.values(1).size(), 0u);
    EXPECT_EQ(rig.values(2).size(), 1u);
    EXPECT_EQ(rig.values(3).size(), 1u);
    EXPECT_EQ(rig.values(4).size(), 1u);
    EXPECT_EQ(rig.values(5).size(), 1u) << "a stale id ends nobody else's";
    rig.database.close(channel);
    rig.database.close(channel);
    rig.database.unsubscribe(second);
    rig.notes.noted.clear();
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.notes.noted.size(), 1u);
    rig.database.read({.channel = channel, .token = Token{9}}, rig.peer, rig.notes);
    EXPECT_EQ(rig.notes.ended.back().second.outcome, Outcome::no_such_channel);
}

TEST(Source, ToldEachSinkWhatIsItsOwn)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    Notes other;
    const auto channel = rig.open("C", other, 7);
    rig.database.subscribe({.channel = channel, .token = Token{7}}, other);
    rig.subscribe("C", 1);
    rig.put("C.PROC", 1);
    EXPECT_EQ(other.noted.size(), 2u);
    EXPECT_EQ(rig.notes.noted.size(), 2u);
    rig.database.close(channel);
    rig.put("C.PROC", 1);
    EXPECT_EQ(other.noted.size(), 2u);
    EXPECT_EQ(rig.notes.noted.size(), 3u);
}

namespace {

pv::Status write(Rig& rig, std::string_view name, const Value& value, bool wait = false,
                 pv::Processing processing = pv::Processing::passive)
{
    const auto channel = rig.open(name, rig.notes);
    rig.database.write({.channel = channel, .token = Token{77}, .value = value, .processing = processing, .wait = wait},
                       rig.peer, rig.notes);
    return rig.notes.ended.empty() ? pv::Status{Outcome::internal, "no answer"} : rig.notes.ended.back().second;
}

} // namespace

TEST(Source, WritesWithConversion)
{
    Rig rig;
    rig.record("calc", "C", {{"PREC", "2"}});
    rig.start();
    EXPECT_TRUE(write(rig, "C.HIHI", Value::of(std::string_view("12.5"))).ok());
    EXPECT_EQ(rig.number("C.HIHI"), 12.5);
    EXPECT_TRUE(write(rig, "C.HHSV", Value::of(std::string_view("MAJOR"))).ok());
    EXPECT_EQ(rig.number("C.HHSV"), 2);
    EXPECT_TRUE(write(rig, "C.HHSV", Value::of(std::int32_t{1})).ok());
    EXPECT_EQ(rig.text("C.HHSV"), "MINOR");
    EXPECT_EQ(write(rig, "C.HHSV", Value::of(std::int32_t{4})).outcome, Outcome::put_failed);
    EXPECT_FALSE(write(rig, "C.HIHI", Value::of(std::string_view("high"))).ok());
    EXPECT_TRUE(write(rig, "C.DESC", Value::of(3.14159)).ok());
    EXPECT_EQ(rig.text("C.DESC"), "3.14");
    EXPECT_TRUE(write(rig, "C.DESC", Value::of(std::string_view(std::string(60, 'x')))).ok());
    EXPECT_EQ(rig.text("C.DESC").size(), 40u);
    const std::int8_t letters[] = {'h', 'i', 0, 'x'};
    EXPECT_TRUE(write(rig, "C.DESC$", Value::array_of(std::span<const std::int8_t>(letters))).ok());
    EXPECT_EQ(rig.text("C.DESC"), "hi");
}

TEST(Source, RefusesWhatCannotBeWritten)
{
    Rig rig;
    rig.record("calc", "C");
    rig.start();
    EXPECT_EQ(write(rig, "C.NAME", Value::of(std::string_view("D"))).outcome, Outcome::put_failed);
    EXPECT_EQ(write(rig, "C.STAT", Value::of(1.0)).outcome, Outcome::put_failed);
    EXPECT_EQ(write(rig, "C.RTYP", Value::of(std::string_view("ai"))).outcome, Outcome::put_failed);
    EXPECT_TRUE(write(rig, "C.DISP", Value::of(1.0)).ok());
    EXPECT_EQ(write(rig, "C.HIHI", Value::of(1.0)).outcome, Outcome::put_failed);
    EXPECT_TRUE(write(rig, "C.DISP", Value::of(0.0)).ok());
    EXPECT_TRUE(write(rig, "C.HIHI", Value::of(1.0)).ok());
}

TEST(Source, ProcessesAsTheFieldAndTheRequestSay)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "B:=B+1;B"}});
    rig.start();
    write(rig, "C.HYST", Value::of(1.0));
    EXPECT_EQ(rig.number("C.B"), 0) << "not a pp field";
    write(rig, "C.HIGH", Value::of(1.0));
    EXPECT_EQ(rig.number("C.B"), 1);
    write(rig, "C.HIGH", Value::of(1.0), false, pv::Processing::no);
    EXPECT_EQ(rig.number("C.B"), 1);
    write(rig, "C.HYST", Value::of(1.0), false, pv::Processing::yes);
    EXPECT_EQ(rig.number("C.B"), 2);
    rig.put("C.SCAN", "10 second");
    write(rig, "C.HIGH", Value::of(1.0));
    EXPECT_EQ(rig.number("C.B"), 2) << "not Passive";
    write(rig, "C.PROC", Value::of(1.0));
    EXPECT_EQ(rig.number("C.B"), 3) << "PROC always processes";
}

TEST(Source, PostsAPutOfAFieldToItsStream)
{
    Rig rig;
    rig.record("calc", "C");
    rig.record("ai", "AI");
    rig.start();
    rig.subscribe("C.DESC", 1, Mask::value);
    rig.subscribe("C.DESC$", 2, Mask::log);
    rig.subscribe("C", 3);
    rig.subscribe("AI", 4);
    rig.put("C.DESC", "new");
    rig.put("C", 5); // calc's VAL is not pp
    rig.put("AI", 5);
    rig.put("AI", 5);
    EXPECT_EQ(rig.values(1).size(), 2u);
    EXPECT_EQ(rig.values(2).size(), 2u);
    EXPECT_EQ(rig.values(3), (std::vector<double>{0, 5}));
    EXPECT_EQ(rig.values(4), (std::vector<double>{0, 5}));
    EXPECT_EQ(rig.number("C.UDF"), 0);
}

TEST(Source, TellsPropertiesThatChange)
{
    Rig rig;
    rig.record("calc", "C", {{"EGU", "mm"}});
    rig.start();
    rig.subscribe("C", 1, Mask::property);
    rig.subscribe("C", 2);
    rig.subscribe("C.HIGH", 3, Mask::property);
    rig.notes.noted.clear();
    rig.put("C.EGU", "m");
    ASSERT_EQ(rig.notes.noted.size(), 2u) << "on each field, for those who subscribed to DBE_PROPERTY";
    EXPECT_EQ(rig.values(1).size(), 1u);
    EXPECT_EQ(rig.values(3).size(), 1u);
    EXPECT_EQ(rig.notes.noted[0].meta->units, "m");
    EXPECT_EQ(rig.notes.noted[0].mask, Mask::property);
    ASSERT_EQ(rig.notes.metas.size(), 3u);
    EXPECT_EQ(rig.notes.metas[0].second->units, "m");
    rig.notes.noted.clear();
    rig.put("C.EGU", "m");
    EXPECT_TRUE(rig.notes.noted.empty()) << "no change, no event";
    rig.put("C.PROC", 1);
    rig.subscribe("C", 4);
    EXPECT_EQ(rig.notes.noted.back().meta->units, "m");
    rig.notes.metas.clear();
    rig.put("C.DESC", "text");
    EXPECT_EQ(rig.notes.metas.size(), 4u);
    EXPECT_EQ(rig.notes.metas[0].second->description, "text");
}

TEST(Source, CompletesAPutBehindItsOwnUpdates)
{
    Rig rig;
    rig.record("ai", "AI", {{"FLNK", "NEXT"}});
    rig.record("calc", "NEXT", {{"CALC", "A"}, {"INPA", "AI"}});
    rig.start();
    rig.subscribe("AI", 1);
    rig.subscribe("NEXT", 2);
    rig.notes.events.clear();
    EXPECT_TRUE(write(rig, "AI", Value::of(4.0), true).ok());
    EXPECT_EQ(rig.notes.events, (std::vector<std::string>{"update 1", "update 2", "completed 77", "settled"}));
}

TEST(Source, ProcessesARecordWithoutAValue)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"SCAN", "I/O Intr"}});
    rig.start();
    const auto channel = rig.open("C", rig.notes);
    rig.database.process(channel, Token{5}, false, rig.peer, rig.notes);
    rig.database.process(channel, Token{6}, true, rig.peer, rig.notes);
    EXPECT_EQ(rig.number("C"), 2);
    ASSERT_EQ(rig.notes.ended.size(), 2u);
    EXPECT_EQ(rig.notes.ended[1].first, 6u);
}

TEST(Source, TakesUserCodesValues)
{
    Rig rig;
    const auto ai = rig.record("ai", "AI", {{"SCAN", "I/O Intr"}, {"FLNK", "NEXT"}});
    rig.record("calc", "NEXT", {{"CALC", "A*2"}, {"INPA", "AI"}});
    const auto calc = rig.record("calc", "C");
    rig.start();
    rig.subscribe("AI", 1);
    const std::pair<db::RecordId, Value> values[] = {{ai, Value::of(1.5)},
                                                     {calc, Value::of(1.0)},
                                                     {ai, Value::of(std::string_view("x"))},
                                                     {ai, Value::of(std::int64_t{7})}};
    rig.notes.events.clear();
    const auto failed = rig.database.set(values);
    ASSERT_EQ(failed.size(), 2u);
    EXPECT_EQ(failed[0].first, 1u);
    EXPECT_EQ(failed[1].first, 2u);
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 1.5, 7}));
    EXPECT_EQ(rig.number("NEXT"), 14);
    EXPECT_EQ(std::ranges::count(rig.notes.events, "settled"), 1) << "the sinks are told once";
}

TEST(Source, ServesManySinksAndForgetsThoseThatLeft)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    for (int round = 0; round < 3; ++round) {
        std::vector<std::unique_ptr<Notes>> sinks;
        std::vector<pv::ChannelId> channels;
        for (int i = 0; i < 100; ++i) {
            sinks.push_back(std::make_unique<Notes>());
            channels.push_back(rig.open("C", *sinks.back()));
            rig.database.subscribe({.channel = channels.back(), .token = Token{1}}, *sinks.back());
        }
        rig.put("C.PROC", 1);
        for (const auto& sink : sinks) {
            EXPECT_EQ(sink->noted.size(), 2u);
            EXPECT_EQ(sink->events.back(), "settled");
        }
        for (const pv::ChannelId channel : channels) {
            rig.database.close(channel);
        }
    }
    rig.put("C.PROC", 1); // nobody is told, least of all a sink that is gone
    EXPECT_EQ(rig.number("C"), 4);
}
