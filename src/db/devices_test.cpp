#include "db/rig.h"

using namespace iochron;
using db::Rig;

TEST(TimeDevices, TellTheTime)
{
    Rig rig;
    rig.record("ai", "NOW", {{"DTYP", "General Time"}, {"INP", "@time"}});
    rig.record("stringin", "STAMP", {{"DTYP", "Soft Timestamp"}, {"INP", "@%S.%03f"}});
    rig.record("stringin", "EVENT", {{"DTYP", "General Time"}, {"INP", "@BESTTEP"}});
    rig.start();
    rig.clock.advance(std::chrono::milliseconds(1500));
    for (const std::string_view name : {"NOW", "STAMP", "EVENT"}) {
        EXPECT_TRUE(rig.put(std::string(name) + ".PROC", 1).ok());
    }
    const double seconds = static_cast<double>(rig.clock.now().ns - base::undefined_stamp.ns) * 1e-9;
    EXPECT_NEAR(rig.number("NOW"), seconds, 1e-6);
    EXPECT_EQ(rig.text("STAMP").substr(2), ".500");
    EXPECT_EQ(rig.text("EVENT"), "No working providers");
    EXPECT_EQ(rig.text("EVENT.STAT"), "READ");
    EXPECT_EQ(rig.text("EVENT.SEVR"), "MAJOR");
}

TEST(TimeDevices, AnUnknownAddressIsTold)
{
    Rig rig;
    rig.record("longin", "L", {{"DTYP", "General Time"}, {"INP", "@NOTHING"}});
    rig.record("stringout", "S", {{"DTYP", "stdio"}, {"OUT", "@STDOUT"}});
    rig.start();
    EXPECT_TRUE(rig.log.has("\"NOTHING\""));
    EXPECT_TRUE(rig.log.has("\"STDOUT\""));
    EXPECT_EQ(rig.number("L.PACT"), 1);
    EXPECT_EQ(rig.number("S.PACT"), 0); // as in base it prints nothing
}

TEST(HostDevices, ReadVariablesAndPrintLines)
{
    base::ManualClock clock;
    db::Lines log;
    base::Counters counters;
    std::vector<std::pair<int, std::string>> printed;
    db::Database database(
        {.clock = clock,
         .log = log,
         .counters = counters,
         .variable =
             [](const std::string& name) { return name == "SET" ? std::optional<std::string>("value") : std::nullopt; },
         .print = [&](int stream, std::string_view line) { printed.emplace_back(stream, line); }});
    const auto make = [&](std::string_view type, std::string_view name, std::string_view kind,
                          std::string_view address) {
        const auto id = database.create(type, name);
        EXPECT_TRUE(database.put_text(*id, "DTYP", kind));
        EXPECT_TRUE(database.put_text(*id, type == "stringin" ? "INP" : "OUT", address));
        return *id;
    };
    const auto set = make("stringin", "A", "getenv", "@SET");
    const auto unset = make("stringin", "B", "getenv", "@UNSET");
    const auto out = make("stringout", "C", "stdio", "@stdout");
    const auto err = make("stringout", "D", "stdio", "@stderr");
    const auto logged = make("stringout", "E", "stdio", "@errlog");
    database.start(clock.steady());
    for (const auto record : {set, unset}) {
        EXPECT_TRUE(database.put(record, "PROC", pv::Value::of(1.0)).ok());
    }
    for (const auto record : {out, err, logged}) {
        EXPECT_TRUE(database.put(record, "VAL", pv::Value::of(std::string_view("words"))).ok());
    }
    EXPECT_EQ(*database.text(set, "VAL"), "value");
    EXPECT_EQ(*database.text(set, "UDF"), "0");
    EXPECT_EQ(*database.text(unset, "VAL"), "");
    EXPECT_EQ(*database.text(unset, "UDF"), "1");
    EXPECT_EQ(*database.text(unset, "AMSG"), "No such ENV");
    EXPECT_EQ(printed, (std::vector<std::pair<int, std::string>>{{1, "words"}, {2, "words"}}));
    EXPECT_TRUE(log.has("words"));
}
