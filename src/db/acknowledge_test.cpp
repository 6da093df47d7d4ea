#include "db/rig.h"

using iochron::db::Rig;
using iochron::pv::Mask;
using iochron::pv::Severity;
using iochron::pv::Token;
using iochron::pv::Value;
using iochron::pv::WriteKind;

namespace {

/// An ai record with alarm limits and a channel of its VAL.
struct Alarming : Rig {
    explicit Alarming(std::string_view transient = "YES")
    {
        record("ai", "AI", {{"HIHI", "20"}, {"HIGH", "10"}, {"HHSV", "MAJOR"}, {"HSV", "MINOR"}, {"FLNK", "COUNT"}});
        record("calc", "COUNT", {{"CALC", "VAL+1"}});
        start();
        channel = open("AI", notes);
        acknowledge(WriteKind::acknowledge_transient, transient == "YES" ? 1 : 0);
        put("AI", 0);
        acknowledge(WriteKind::acknowledge_severity, 3); // of UDF
    }
    iochron::pv::Status acknowledge(WriteKind kind, std::uint16_t number, bool wait = false)
    {
        database.write(
            {.channel = channel, .token = Token{7}, .value = Value::enumeration(number), .wait = wait, .kind = kind},
            peer, notes);
        return notes.ended.back().second;
    }
    iochron::pv::ChannelId channel{};
};

} // namespace

TEST(Acknowledge, AnAlarmThatIsOverWaitsWhereTransientsDo)
{
    Alarming rig;
    EXPECT_EQ(rig.text("AI.ACKS"), "NO_ALARM");
    rig.put("AI", 30);
    EXPECT_EQ(rig.text("AI.ACKS"), "MAJOR");
    rig.put("AI", 12);
    EXPECT_EQ(rig.text("AI.ACKS"), "MAJOR");
    rig.put("AI", 0);
    EXPECT_EQ(rig.text("AI.ACKS"), "MAJOR");
    EXPECT_TRUE(rig.acknowledge(WriteKind::acknowledge_severity, 1).ok()) << "less than what waits: nothing happens";
    EXPECT_EQ(rig.text("AI.ACKS"), "MAJOR");
    EXPECT_TRUE(rig.acknowledge(WriteKind::acknowledge_severity, 2).ok());
    EXPECT_EQ(rig.text("AI.ACKS"), "NO_ALARM");
}

TEST(Acknowledge, WithoutTransientsAckSFollowsTheSeverity)
{
    Alarming rig("NO");
    rig.put("AI", 30);
    rig.put("AI", 12);
    EXPECT_EQ(rig.text("AI.ACKS"), "MINOR");
    rig.put("AI", 0);
    EXPECT_EQ(rig.text("AI.ACKS"), "NO_ALARM");
}

TEST(Acknowledge, EndOfTransientsTakesAckSDownToTheSeverity)
{
    Alarming rig;
    rig.put("AI", 30);
    rig.put("AI", 12);
    rig.subscribe("AI.ACKT", 1);
    rig.subscribe("AI.ACKS", 2);
    rig.notes.noted.clear();
    rig.acknowledge(WriteKind::acknowledge_transient, 0);
    EXPECT_EQ(rig.text("AI.ACKT"), "NO");
    EXPECT_EQ(rig.text("AI.ACKS"), "MINOR");
    EXPECT_EQ(rig.values(1), (std::vector<double>{0, 0})) << "once for itself, once as all of the record's fields";
    EXPECT_EQ(rig.values(2), (std::vector<double>{1, 1}));
    rig.notes.noted.clear();
    rig.acknowledge(WriteKind::acknowledge_transient, 0);
    EXPECT_TRUE(rig.notes.noted.empty()) << "no change";
}

TEST(Acknowledge, TellsAllWhoListenToAlarmsAndProcessesNothing)
{
    Alarming rig;
    rig.put("AI", 30);
    rig.subscribe("AI", 1, Mask::alarm);
    rig.subscribe("AI", 2, Mask::value);
    const double before = rig.number("COUNT");
    rig.notes.noted.clear();
    rig.acknowledge(WriteKind::acknowledge_severity, 3);
    ASSERT_EQ(rig.notes.noted.size(), 1u);
    EXPECT_EQ(rig.notes.noted[0].token, 1u);
    EXPECT_EQ(rig.notes.noted[0].mask, Mask::alarm);
    EXPECT_EQ(rig.notes.noted[0].acknowledgement, (iochron::pv::Acknowledgement{Severity::no_alarm, true}));
    EXPECT_EQ(rig.number("COUNT"), before);
    rig.acknowledge(WriteKind::acknowledge_severity, 3, true);
    EXPECT_EQ(rig.number("COUNT"), before + 1) << "a put with completion processes as any other";
}

TEST(Acknowledge, IsRefusedByDispAndByLinks)
{
    Alarming rig;
    rig.put("AI", 30);
    rig.put("AI.DISP", 1);
    EXPECT_FALSE(rig.acknowledge(WriteKind::acknowledge_severity, 3).ok());
    rig.put("AI.DISP", 0);
    rig.channel = rig.open("AI.INP", rig.notes);
    EXPECT_FALSE(rig.acknowledge(WriteKind::acknowledge_severity, 3).ok());
    EXPECT_EQ(rig.text("AI.ACKS"), "MAJOR");
}
