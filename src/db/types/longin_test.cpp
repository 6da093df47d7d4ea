#include "db/rig.h"

using namespace iochron;
using db::Rig;
using pv::Value;

TEST(Longin, ReadsItsInputAsAnInteger)
{
    Rig rig;
    rig.record("ai", "FROM", {{"VAL", "-3.7"}});
    rig.record("longin", "L", {{"INP", "FROM"}, {"EGU", "mm"}, {"HOPR", "10"}});
    rig.record("longin", "CONST", {{"INP", "12"}});
    rig.start();
    EXPECT_EQ(rig.number("CONST"), 12);
    EXPECT_EQ(rig.number("CONST.UDF"), 0);
    EXPECT_EQ(rig.number("L.UDF"), 1);
    EXPECT_TRUE(rig.put("L.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("L"), -3);
    EXPECT_EQ(rig.number("L.UDF"), 0);
}

TEST(Longin, HasAlarmsWithHysteresisAndDeadbands)
{
    Rig rig;
    rig.record("longin", "L",
               {{"HIGH", "10"}, {"HSV", "MINOR"}, {"HYST", "2"}, {"LOLO", "-5"}, {"LLSV", "MAJOR"}, {"MDEL", "1"}});
    rig.start();
    rig.subscribe("L", 7, pv::Mask::value);
    const std::pair<double, const char*> steps[] = {{9, "NO_ALARM"}, {10, "MINOR"},   {9, "MINOR"},
                                                    {8, "MINOR"},    {7, "NO_ALARM"}, {-5, "MAJOR"}};
    for (const auto& [value, severity] : steps) {
        EXPECT_TRUE(rig.put("L", value).ok());
        EXPECT_EQ(rig.text("L.SEVR"), severity) << value;
    }
    EXPECT_EQ(rig.values(7), (std::vector<double>{0, 9, 7, -5}));
}

TEST(Longin, DistancesDoNotOverflow)
{
    Rig rig;
    rig.record("int64in", "L",
               {{"MDEL", "9223372036854775807"},
                {"HIHI", "9223372036854775807"},
                {"HHSV", "MAJOR"},
                {"HYST", "9223372036854775807"}});
    rig.start();
    rig.subscribe("L", 7, pv::Mask::value);
    EXPECT_TRUE(rig.database.put(rig.id("L"), "VAL", Value::of(std::int64_t{-5})).ok());
    EXPECT_TRUE(rig.database.put(rig.id("L"), "VAL", Value::of(INT64_MIN)).ok());
    EXPECT_EQ(rig.values(7).size(), 2u); // 2^63 is further than the deadband, from 0
    EXPECT_EQ(rig.text("L"), "-9223372036854775808");
    EXPECT_EQ(rig.text("L.SEVR"), "NO_ALARM");
}

TEST(Longin, ShowsItsSettings)
{
    Rig rig;
    rig.record("longin", "L", {{"EGU", "mm"}, {"HOPR", "10"}, {"LOPR", "-1"}, {"HIHI", "9"}, {"HHSV", "MAJOR"}});
    rig.start();
    const pv::ChannelId channel = rig.open("L", rig.notes);
    const pv::MetaRef meta = rig.database.describe(channel);
    EXPECT_EQ(meta->type, pv::ScalarType::int32);
    EXPECT_EQ(meta->units, "mm");
    EXPECT_EQ(meta->display, (pv::Range{-1, 10}));
    EXPECT_EQ(meta->control, (pv::Range{-1, 10}));
    EXPECT_EQ(meta->hihi, 9);
    EXPECT_TRUE(std::isnan(meta->low));
}

TEST(Longin, IsSimulated)
{
    Rig rig;
    rig.record("longin", "SWITCH");
    rig.record("longin", "SIM", {{"VAL", "42"}});
    rig.record("longin", "L", {{"INP", "SWITCH"}, {"SIML", "SWITCH"}, {"SIOL", "SIM"}, {"SIMS", "MINOR"}});
    rig.start();
    EXPECT_TRUE(rig.put("L.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("L"), 0);
    EXPECT_EQ(rig.text("L.STAT"), "NO_ALARM");
    EXPECT_TRUE(rig.put("SWITCH", 1.0).ok());
    EXPECT_TRUE(rig.put("L.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("L"), 42);
    EXPECT_EQ(rig.text("L.STAT"), "SIMM");
    EXPECT_EQ(rig.text("L.SEVR"), "MINOR");
    EXPECT_EQ(rig.text("L.SIMM"), "YES");
}

TEST(Longin, SimulationExchangesTheScans)
{
    Rig rig;
    rig.record("longin", "L", {{"SSCN", "1 second"}, {"SVAL", "5"}});
    rig.start();
    EXPECT_TRUE(rig.put("L.SIMM", "YES").ok());
    EXPECT_EQ(rig.text("L.SCAN"), "1 second");
    EXPECT_EQ(rig.text("L.SSCN"), "Passive");
    rig.pass(std::chrono::seconds(2));
    EXPECT_EQ(rig.number("L"), 5);
    EXPECT_TRUE(rig.put("L.SIMM", "NO").ok());
    EXPECT_EQ(rig.text("L.SCAN"), "Passive");
}

TEST(Longin, SimulationCanTakeItsTime)
{
    Rig rig;
    rig.record("longin", "L", {{"SIMM", "YES"}, {"SVAL", "5"}, {"SDLY", "2.5"}});
    rig.start();
    EXPECT_TRUE(rig.put("L.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("L.PACT"), 1);
    rig.pass(std::chrono::seconds(2));
    EXPECT_EQ(rig.number("L"), 0);
    rig.pass(std::chrono::seconds(1));
    EXPECT_EQ(rig.number("L"), 5);
    EXPECT_EQ(rig.number("L.PACT"), 0);
}

TEST(Longin, UserCodeSetsItWithAnAlarm)
{
    Rig rig;
    rig.record("longin", "L", {{"SCAN", "I/O Intr"}, {"TSE", "-2"}});
    rig.start();
    rig.subscribe("L", 7);
    const pv::Alarm alarm{pv::Severity::major, pv::AlarmStatus::read};
    EXPECT_TRUE(rig.database.set(rig.id("L"), Value::of(3.0), alarm, "broken", base::Stamp{77}).ok());
    const db::Notes::Noted last = rig.notes.noted.back();
    EXPECT_EQ(last.value, Value::of(std::int32_t{3}));
    EXPECT_EQ(last.alarm, alarm);
    EXPECT_EQ(last.message, "broken");
    EXPECT_EQ(last.time.ns, 77);
    EXPECT_TRUE(rig.database.set(rig.id("L"), Value::of(4.0)).ok());
    EXPECT_EQ(rig.text("L.SEVR"), "NO_ALARM");
}
