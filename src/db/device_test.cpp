#include "db/device.h"

#include "db/rig.h"

using namespace std::chrono_literals;
using namespace iochron;
using db::Answer;
using db::Question;
using db::Rig;

namespace {

/// A device kind "Box" of ai, ao, longin and waveform, whose questions the test answers.
struct Boxes : Rig {
    explicit Boxes(bool raw = false)
    {
        for (const char* type : {"ai", "ao", "longin", "waveform"}) {
            const auto kind =
                db::asking_device("Box", raw, [this](const Question& question) { asked.push_back(question); });
            EXPECT_TRUE(database.add_device(type, kind)) << type;
        }
    }
    void answer(Answer answer)
    {
        const Question question = asked.back();
        database.answer_device(question.record, question.serial, std::move(answer));
    }

    std::vector<Question> asked;
};

} // namespace

TEST(Device, AnInputWaitsForTheAnswer)
{
    Boxes rig;
    rig.record("ai", "AI", {{"DTYP", "Box"}, {"INP", "@gpib 3"}, {"HIGH", "5"}, {"HSV", "MINOR"}, {"FLNK", "N"}});
    rig.record("calc", "N", {{"CALC", "VAL+1"}});
    rig.start();
    rig.put("AI.PROC", 1);
    ASSERT_EQ(rig.asked.size(), 1u);
    EXPECT_EQ(rig.asked[0].address, "gpib 3");
    EXPECT_TRUE(rig.asked[0].value.empty());
    EXPECT_EQ(rig.number("AI.PACT"), 1);
    rig.answer({.value = pv::Value::of(4.5)});
    EXPECT_EQ(rig.number("AI"), 4.5);
    EXPECT_EQ(rig.text("AI.SEVR"), "NO_ALARM");
    EXPECT_EQ(rig.number("N"), 1);
    rig.answer({.value = pv::Value::of(9.0)});
    EXPECT_EQ(rig.number("AI"), 4.5) << "a second answer to one question is none";
    rig.put("AI.PROC", 1);
    rig.answer({.value = pv::Value::of(6.0), .alarm = {pv::Severity::minor, pv::AlarmStatus::comm}, .message = "slow"});
    EXPECT_EQ(rig.text("AI.STAT"), "COMM");
    EXPECT_EQ(rig.text("AI.AMSG"), "slow");
}

TEST(Device, AFailureIsAnAlarmAndReleasesTheRecord)
{
    Boxes rig;
    rig.record("longin", "LI", {{"DTYP", "Box"}, {"INP", "@"}});
    rig.record("ao", "AO", {{"DTYP", "Box"}, {"OUT", "@x"}});
    rig.start();
    rig.put("LI.PROC", 1);
    rig.answer({.status = {pv::Outcome::timed_out, "no reply"}});
    EXPECT_EQ(rig.text("LI.STAT"), "READ");
    EXPECT_EQ(rig.text("LI.SEVR"), "INVALID");
    EXPECT_EQ(rig.text("LI.AMSG"), "no reply");
    EXPECT_EQ(rig.number("LI.PACT"), 0);
    rig.put("AO", 3);
    rig.answer({.value = pv::Value::of(1.0)});
    EXPECT_EQ(rig.text("AO.STAT"), "WRITE") << "an output takes no value";
    rig.put("LI.PROC", 1);
    rig.answer({.value = pv::Value::of(std::string_view("no number"))});
    EXPECT_EQ(rig.text("LI.STAT"), "READ");
}

TEST(Device, AnOutputGivesItsValueAndAPutWaitsForIt)
{
    Boxes rig;
    rig.record("ao", "AO", {{"DTYP", "Box"}, {"OUT", "@x"}, {"DRVH", "10"}, {"DRVL", "0"}});
    rig.start();
    const auto channel = rig.open("AO", rig.notes);
    rig.database.write({.channel = channel, .token = pv::Token{4}, .value = pv::Value::of(30.0), .wait = true},
                       rig.peer, rig.notes);
    EXPECT_EQ(rig.asked.at(0).value.as_double(), 10);
    EXPECT_TRUE(rig.notes.ended.empty());
    rig.answer({});
    ASSERT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_TRUE(rig.notes.ended[0].second.ok());
    EXPECT_EQ(rig.text("AO.SEVR"), "NO_ALARM");
}

TEST(Device, ARawKindTransfersRVAL)
{
    Boxes rig(true);
    rig.record("ai", "AI", {{"DTYP", "Box"}, {"INP", "@"}, {"LINR", "SLOPE"}, {"ESLO", "2"}});
    rig.record("ao", "AO", {{"DTYP", "Box"}, {"OUT", "@"}, {"LINR", "SLOPE"}, {"ESLO", "2"}});
    rig.start();
    rig.put("AI.PROC", 1);
    rig.answer({.value = pv::Value::of(std::int32_t{21})});
    EXPECT_EQ(rig.number("AI"), 42);
    rig.put("AO", 42);
    EXPECT_EQ(rig.asked.back().value.as_double(), 21);
}

TEST(Device, AnswersFromWithinMakeItSynchronous)
{
    Rig rig;
    const auto ask = [&rig](const Question& question) {
        if (question.address == "broken") {
            throw std::runtime_error("wire is cut");
        }
        rig.database.answer_device(question.record, question.serial, {.value = pv::Value::of(7.0)});
    };
    EXPECT_TRUE(rig.database.add_device("ai", db::asking_device("Sync", false, ask)));
    rig.record("ai", "AI", {{"DTYP", "Sync"}, {"INP", "@fine"}});
    rig.record("ai", "BAD", {{"DTYP", "Sync"}, {"INP", "@broken"}});
    rig.start();
    rig.put("AI.PROC", 1);
    EXPECT_EQ(rig.number("AI"), 7);
    EXPECT_EQ(rig.number("AI.PACT"), 0);
    rig.put("BAD.PROC", 1);
    EXPECT_EQ(rig.text("BAD.AMSG"), "wire is cut");
    EXPECT_EQ(rig.text("BAD.STAT"), "READ");
    EXPECT_EQ(rig.number("BAD.PACT"), 0);
}

TEST(Device, GivesTheTimeWithTSEMinus2AndArrays)
{
    Boxes rig;
    rig.record("ai", "AI", {{"DTYP", "Box"}, {"INP", "@"}, {"TSE", "-2"}});
    rig.record("waveform", "WF", {{"DTYP", "Box"}, {"INP", "@"}, {"FTVL", "DOUBLE"}, {"NELM", "3"}});
    rig.start();
    rig.subscribe("AI", 1);
    rig.put("AI.PROC", 1);
    const base::Stamp then{1'234'567'890'000'000'000};
    rig.answer({.value = pv::Value::of(1.0), .time = then});
    EXPECT_EQ(rig.notes.noted.back().time, then);
    rig.put("WF.PROC", 1);
    const std::vector<double> three = {1, 2, 3};
    rig.answer({.value = pv::Value::array_of<double>(three)});
    EXPECT_EQ(rig.number("WF.NORD"), 3);
}

TEST(Device, ARequestToScanIsForIOIntrOnly)
{
    Boxes rig;
    const auto intr = rig.record("ai", "INTR", {{"DTYP", "Box"}, {"INP", "@"}, {"SCAN", "I/O Intr"}});
    const auto passive = rig.record("ai", "PASSIVE", {{"DTYP", "Box"}, {"INP", "@"}});
    rig.start();
    rig.database.request_scan(passive);
    EXPECT_TRUE(rig.asked.empty());
    rig.database.request_scan(intr);
    ASSERT_EQ(rig.asked.size(), 1u);
    EXPECT_EQ(rig.asked[0].record, intr);
}
