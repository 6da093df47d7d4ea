#include "db/remotes.h"

#include "db/fake_network.h"
#include "db/rig.h"

using namespace iochron::db;
using iochron::pv::Value;
namespace pv = iochron::pv;

namespace {

/// A database whose links may lead to a network.
struct RemoteLinks : testing::Test {
    std::string alarm(std::string_view name)
    {
        return fmt::format("{}/{}", rig.text(fmt::format("{}.STAT", name)), rig.text(fmt::format("{}.SEVR", name)));
    }
    double process(std::string_view name)
    {
        EXPECT_TRUE(rig.put(fmt::format("{}.PROC", name), 1).ok());
        return rig.number(name);
    }

    FakeNetwork network; // outlives the database
    Rig rig{network};
};

constexpr pv::Alarm high{.severity = pv::Severity::minor, .status = pv::AlarmStatus::high};

} // namespace

TEST_F(RemoteLinks, ReadWhatCameLastAndFailWhileThereIsNothing)
{
    rig.record("calc", "C", {{"CALC", "A+1"}, {"INPA", "FAR"}});
    rig.start();
    EXPECT_TRUE(rig.log.lines.empty()) << "a name that is not here is no mistake";
    process("C");
    EXPECT_EQ(alarm("C"), "LINK/INVALID");
    EXPECT_EQ(rig.text("C.AMSG"), "field INPA");
    network.appear("FAR", meta_of(pv::ScalarType::float64));
    process("C");
    EXPECT_EQ(alarm("C"), "LINK/INVALID") << "connected, but nothing has come yet";
    network.post("FAR", Value::of(41.0));
    EXPECT_EQ(process("C"), 42);
    EXPECT_EQ(alarm("C"), "NO_ALARM/NO_ALARM");
    network.lose("FAR");
    process("C");
    EXPECT_EQ(alarm("C"), "LINK/INVALID");
    network.appear("FAR", 1);
    EXPECT_EQ(process("C"), 2);
    EXPECT_EQ(rig.text("C.INPA"), "FAR NPP NMS");
}

TEST_F(RemoteLinks, ConnectAfterTheRecordsWithPini)
{
    network.appear("FAR", 1);
    rig.record("calc", "C", {{"CALC", "A+1"}, {"INPA", "FAR"}, {"PINI", "YES"}});
    rig.start();
    EXPECT_EQ(alarm("C"), "LINK/INVALID");
}

TEST_F(RemoteLinks, WithoutRightToReadFail)
{
    rig.record("calc", "C", {{"CALC", "A"}, {"INPA", "FAR"}});
    rig.start();
    network.appear("FAR", 3);
    network.allow("FAR", {.read = false, .write = true});
    process("C");
    EXPECT_EQ(alarm("C"), "LINK/INVALID");
    network.allow("FAR", {.read = true, .write = false});
    EXPECT_EQ(process("C"), 3);
}

TEST_F(RemoteLinks, TakeTheMonitoredAlarm)
{
    for (const char* mode : {"NMS", "MS", "MSI", "MSS"}) {
        rig.record("calc", mode, {{"CALC", "A"}, {"INPA", fmt::format("FAR {}", mode)}});
    }
    rig.start();
    network.appear("FAR", 1);
    const auto alarms = [&] {
        std::string all;
        for (const char* mode : {"NMS", "MS", "MSI", "MSS"}) {
            process(mode);
            all += alarm(mode) + " ";
        }
        return all;
    };
    EXPECT_EQ(alarms(), "NO_ALARM/NO_ALARM NO_ALARM/NO_ALARM NO_ALARM/NO_ALARM NO_ALARM/NO_ALARM ");
    network.post("FAR", Value::of(1.0), high);
    EXPECT_EQ(alarms(), "NO_ALARM/NO_ALARM LINK/MINOR NO_ALARM/NO_ALARM HIGH/MINOR ");
    network.post("FAR", Value::of(1.0), {.severity = pv::Severity::invalid, .status = pv::AlarmStatus::hihi});
    EXPECT_EQ(alarms(), "NO_ALARM/NO_ALARM LINK/INVALID LINK/INVALID HIHI/INVALID ");
}

TEST_F(RemoteLinks, ConvertWhatComes)
{
    rig.record("stringin", "S", {{"INP", "FAR"}});
    rig.record("longin", "L", {{"INP", "FAR"}});
    rig.record("calc", "C", {{"CALC", "A"}, {"INPA", "FAR"}});
    rig.start();
    const auto read = [&] {
        process("S");
        return fmt::format("{} {} {}", rig.text("S"), process("L"), process("C"));
    };
    network.appear("FAR", 2.75);
    EXPECT_EQ(read(), "2.750000 2 2.75") << "the precision of the far end stays there";
    network.lose("FAR");
    network.appear("FAR", choices_of({"off", "on"}));
    network.post("FAR", Value::enumeration(1));
    EXPECT_EQ(read(), "on 1 1");
    network.describe("FAR", choices_of({"shut", "open"}));
    EXPECT_EQ(read(), "open 1 1");
    network.lose("FAR");
    network.appear("FAR", meta_of(pv::ScalarType::string));
    network.post("FAR", Value::of("17"));
    EXPECT_EQ(read(), "17 17 17");
    network.post("FAR", Value::of("no number"));
    process("L");
    EXPECT_EQ(alarm("L"), "LINK/INVALID");
    network.lose("FAR");
    network.appear("FAR", meta_of(pv::ScalarType::int32, true));
    network.post("FAR", Value::array_of(std::span<const std::int32_t>(std::vector{5, 6, 7})));
    EXPECT_EQ(read(), "5 5 5");
    network.post("FAR", Value::array_of(std::span<const std::int32_t>()));
    process("L");
    EXPECT_EQ(alarm("L"), "LINK/INVALID") << "an empty array has no first element";
}

TEST_F(RemoteLinks, FillAnArray)
{
    rig.record("waveform", "W", {{"INP", "FAR"}, {"FTVL", "DOUBLE"}, {"NELM", "2"}});
    rig.start();
    network.appear("FAR", meta_of(pv::ScalarType::int32, true));
    network.post("FAR", Value::array_of(std::span<const std::int32_t>(std::vector{5, 6, 7})));
    process("W");
    EXPECT_EQ(rig.number("W.NORD"), 2);
    EXPECT_EQ(rig.database.get(rig.id("W"), "VAL")->elements<double>()[1], 6);
}

TEST_F(RemoteLinks, ServeDisablingAndSimulation)
{
    rig.record("ai", "AI", {{"SDIS", "DISABLE"}, {"SIML", "MODE"}, {"SIOL", "SIM"}});
    rig.start();
    network.appear("MODE", 1);
    network.appear("SIM", 12);
    network.appear("DISABLE", 0);
    EXPECT_EQ(process("AI"), 12);
    network.post("DISABLE", Value::of(1.0));
    network.post("SIM", Value::of(13.0));
    EXPECT_EQ(process("AI"), 12);
    EXPECT_EQ(alarm("AI"), "DISABLE/NO_ALARM");
}

TEST_F(RemoteLinks, GiveUnitsAndLimitsToAnArgumentOfCalc)
{
    rig.record("calc", "C", {{"INPA", "FAR"}, {"EGU", "none"}});
    rig.start();
    EXPECT_EQ(rig.database.describe(rig.open("C.A", rig.notes))->units, "");
    pv::Meta meta = meta_of(pv::ScalarType::float64);
    meta.units = "mm";
    network.appear("FAR", meta);
    EXPECT_EQ(rig.database.describe(rig.open("C.A", rig.notes))->units, "mm");
}

TEST_F(RemoteLinks, ThatAreChangedReleaseTheirChannels)
{
    rig.record("calc", "C", {{"CALC", "A"}, {"INPA", "FAR"}, {"INPB", "NOBODY"}});
    rig.record("calc", "HERE", {{"INPA", "8"}, {"CALC", "A"}, {"PINI", "YES"}});
    rig.start();
    network.appear("FAR", 1);
    network.appear("OTHER", 2);
    EXPECT_EQ(network.channels(), 2u);
    EXPECT_TRUE(rig.put("C.INPA", "OTHER MS").ok());
    EXPECT_TRUE(rig.put("C.INPB", "").ok());
    EXPECT_EQ(network.channels(), 1u) << "one was closed, the search for the other given up";
    network.post("OTHER", Value::of(4.0));
    EXPECT_EQ(process("C"), 4);
    EXPECT_TRUE(rig.put("C.INPA", "HERE").ok());
    EXPECT_EQ(process("C"), 8);
    EXPECT_EQ(network.channels(), 0u);
    EXPECT_TRUE(rig.put("C.INPA", "FAR").ok());
    network.post("FAR", Value::of(5.0));
    EXPECT_EQ(process("C"), 5);
    rig.database.leave_network();
    EXPECT_EQ(network.channels(), 0u);
    process("C");
    EXPECT_EQ(alarm("C"), "LINK/INVALID");
    EXPECT_TRUE(rig.put("C.INPA", "OTHER").ok());
    EXPECT_EQ(network.channels(), 0u) << "the network was left for good";
}

TEST_F(RemoteLinks, AskForNoNetworkWhereThereIsNoneToAsk)
{
    bool asked = false;
    iochron::base::ManualClock clock;
    Lines log;
    iochron::base::Counters counters;
    Database database({.clock = clock, .log = log, .counters = counters, .network = [&]() -> pv::Source* {
                           asked = true;
                           return &network;
                       }});
    const auto id = database.create("calc", "C");
    ASSERT_TRUE(database.put_text(*id, "INPA", "C.B"));
    database.start(clock.steady());
    EXPECT_FALSE(asked);
    EXPECT_TRUE(database.put(*id, "INPA", Value::of("FAR")).ok());
    EXPECT_TRUE(asked);
}

TEST_F(RemoteLinks, WithCPProcessTheirOwnerAtEachUpdateAndAtALoss)
{
    rig.record("calc", "CP", {{"CALC", "B:=B+1;A"}, {"INPA", "FAR CP"}});
    rig.record("calc", "CPP", {{"CALC", "B:=B+1;A"}, {"INPA", "FAR CPP"}});
    rig.record("calc", "SCANNED", {{"CALC", "B:=B+1;A"}, {"INPA", "FAR CPP"}, {"SCAN", "10 second"}});
    rig.record("calc", "PLAIN", {{"CALC", "B:=B+1;A"}, {"INPA", "FAR"}});
    rig.start();
    const auto runs = [&] {
        return fmt::format("{} {} {} {}", rig.number("CP.B"), rig.number("CPP.B"), rig.number("SCANNED.B"),
                           rig.number("PLAIN.B"));
    };
    EXPECT_EQ(runs(), "0 0 0 0") << "nothing to process for before it is connected";
    network.appear("FAR", meta_of(pv::ScalarType::float64));
    EXPECT_EQ(runs(), "0 0 0 0");
    network.post("FAR", Value::of(1.0));
    EXPECT_EQ(runs(), "1 1 0 0");
    network.post("FAR", Value::of(2.0));
    EXPECT_EQ(runs(), "2 2 0 0");
    EXPECT_EQ(rig.number("CP"), 2);
    network.post_together("FAR", {3, 4, 5});
    EXPECT_EQ(runs(), "3 3 0 0") << "once for all that came before the owner could run";
    EXPECT_EQ(rig.number("CP"), 5);
    network.lose("FAR");
    EXPECT_EQ(alarm("CP"), "LINK/INVALID");
    EXPECT_EQ(alarm("CPP"), "LINK/INVALID");
    EXPECT_EQ(alarm("PLAIN"), "UDF/INVALID");
    network.appear("FAR", 6);
    EXPECT_EQ(rig.number("CP"), 6);
    network.allow("FAR", {.read = false, .write = true});
    EXPECT_EQ(alarm("CP"), "LINK/INVALID");
}

TEST_F(RemoteLinks, TakeTheStampOfWhatTheyReadWhereTheyAreAskedTo)
{
    rig.record("ai", "TSEL", {{"INP", "1"}, {"TSEL", "FAR.TIME"}});
    rig.record("ai", "TSE", {{"INP", "FAR"}, {"TSE", "-2"}});
    rig.record("ai", "EVENT", {{"INP", "FAR"}, {"TSEL", "NUMBER"}});
    rig.start();
    network.appear("FAR", meta_of(pv::ScalarType::float64));
    network.post("FAR", Value::of(1.0), {}, {1'234'567'890});
    network.appear("NUMBER", 0);
    for (const char* name : {"TSEL", "TSE", "EVENT"}) {
        process(name);
    }
    rig.subscribe("TSEL", 1);
    rig.subscribe("TSE", 2);
    rig.subscribe("EVENT", 3);
    rig.run();
    ASSERT_EQ(rig.notes.noted.size(), 3u);
    EXPECT_EQ(rig.notes.noted[0].time.ns, 1'234'567'890);
    EXPECT_EQ(rig.notes.noted[1].time.ns, 1'234'567'890);
    EXPECT_NE(rig.notes.noted[2].time.ns, 1'234'567'890);
    EXPECT_EQ(rig.text("TSEL.TSEL"), "FAR.TIME NPP NMS");
    network.post("NUMBER", Value::of(-2.0));
    process("EVENT");
    EXPECT_EQ(rig.number("EVENT.TSE"), -2);
}
