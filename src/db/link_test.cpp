#include "db/link.h"

#include "db/cycle.h"
#include "db/rig.h"

using namespace std::chrono_literals;
using namespace iochron::db;
using iochron::pv::Value;

namespace {

std::string canonical(std::string_view text, std::string_view field = "INPA")
{
    Rig rig;
    rig.record("calc", "REC");
    const auto id = rig.record("calc", "OWNER");
    const auto result = rig.database.put_text(id, field, text);
    return result ? *rig.database.text(id, field) : result.error();
}

} // namespace

TEST(Link, ReadsBackAsEpicsWritesIt)
{
    EXPECT_EQ(canonical("REC"), "REC NPP NMS");
    EXPECT_EQ(canonical("  REC.VAL   PP "), "REC.VAL PP NMS");
    EXPECT_EQ(canonical("REC.A CP MS"), "REC.A CP MS");
    EXPECT_EQ(canonical("REC CPP MSI"), "REC CPP MSI");
    EXPECT_EQ(canonical("REC MSS CA"), "REC CA MSS");
    EXPECT_EQ(canonical("MISSING.X PP MS"), "MISSING.X PP MS");
    EXPECT_EQ(canonical("REC.DESC$"), "REC.DESC$ NPP NMS");
    EXPECT_EQ(canonical("5"), "5");
    EXPECT_EQ(canonical("5.50"), "5.50");
    EXPECT_EQ(canonical("0x10"), "0x10");
    EXPECT_EQ(canonical("-1e-3"), "-1e-3");
    EXPECT_EQ(canonical(""), "");
    EXPECT_EQ(canonical("[1, 2]"), "[1, 2]");
    EXPECT_EQ(canonical("{const: 3}"), "{const: 3}");
    EXPECT_EQ(canonical("@asyn(PORT,1)"), "@asyn(PORT,1)");
    EXPECT_EQ(canonical("REC PP MS", "FLNK"), "REC");
    EXPECT_EQ(canonical("REC CA", "FLNK"), "REC CA");
    EXPECT_NE(canonical("{pva: 'X'}").find("only {const: value}"), std::string::npos);
    EXPECT_NE(canonical("[1, x]").find("expected a number"), std::string::npos);
}

TEST(Link, ReadsConstants)
{
    EXPECT_EQ(parse_constant("\"a \\\"text\\\"\"")->text(), "a \"text\"");
    EXPECT_EQ(parse_constant("{const: [1, 2.5, 0x10]}")->elements<double>()[2], 16);
    EXPECT_EQ(parse_constant("['a', 'b']")->text_at(1), "b");
    EXPECT_EQ(parse_constant("[]")->count(), 0u);
    for (const char* bad : {"", "[1", "{const: }", "{const: 1", "{other: 1}", "[1, 'a']", "x", "1 2", "{", "['",
                            "{const:{const:{const:{const:{const:{const:{const:{const:{const:1}}}}}}}}}"}) {
        EXPECT_FALSE(parse_constant(bad)) << bad;
    }
}

TEST(Link, LeadsToRecordsThatComeLater)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "A+1"}, {"INPA", "LATER.B"}});
    rig.record("calc", "LATER", {{"INPB", "41"}});
    rig.start();
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 42);
    EXPECT_EQ(rig.text("C.INPA"), "LATER.B NPP NMS");
    EXPECT_TRUE(rig.log.lines.empty());
}

TEST(Link, ProcessesAPassiveSourceFirstWithPP)
{
    Rig rig;
    rig.record("calc", "SRC", {{"CALC", "VAL+1"}});
    rig.record("calc", "C", {{"CALC", "A"}, {"INPA", "SRC PP"}});
    rig.record("calc", "N", {{"CALC", "A"}, {"INPA", "SRC NPP"}});
    rig.start();
    rig.put("C.PROC", 1);
    rig.put("C.PROC", 1);
    rig.put("N.PROC", 1);
    EXPECT_EQ(rig.number("C"), 2);
    EXPECT_EQ(rig.number("N"), 2);
}

TEST(Link, InheritsTheAlarmOfItsSource)
{
    Rig rig;
    rig.record("calc", "SRC", {{"CALC", "A"}, {"HIGH", "1"}, {"HSV", "MINOR"}, {"HIHI", "2"}, {"HHSV", "INVALID"}});
    for (const char* mode : {"NMS", "MS", "MSI", "MSS"}) {
        rig.record("calc", mode, {{"CALC", "A"}, {"INPA", fmt::format("SRC NPP {}", mode)}});
    }
    rig.start();
    const auto alarms = [&](double value) {
        rig.put("SRC.A", value);
        std::string all;
        for (const char* mode : {"NMS", "MS", "MSI", "MSS"}) {
            rig.put(fmt::format("{}.PROC", mode), 1);
            all +=
                fmt::format("{}/{} ", rig.text(fmt::format("{}.STAT", mode)), rig.text(fmt::format("{}.SEVR", mode)));
        }
        return all;
    };
    EXPECT_EQ(alarms(0), "NO_ALARM/NO_ALARM NO_ALARM/NO_ALARM NO_ALARM/NO_ALARM NO_ALARM/NO_ALARM ");
    EXPECT_EQ(alarms(1), "NO_ALARM/NO_ALARM LINK/MINOR NO_ALARM/NO_ALARM HIGH/MINOR ");
    EXPECT_EQ(alarms(2), "NO_ALARM/NO_ALARM LINK/INVALID LINK/INVALID HIHI/INVALID ");
}

TEST(Link, WithCPProcessesItsOwnerWhenTheSourceChanges)
{
    Rig rig;
    rig.record("calc", "SRC");
    rig.record("calc", "CP", {{"CALC", "A"}, {"INPA", "SRC CP"}});
    rig.record("calc", "CPP", {{"CALC", "A"}, {"INPA", "SRC CPP"}});
    rig.record("calc", "SCANNED", {{"CALC", "B:=B+1;A"}, {"INPA", "SRC CPP"}, {"SCAN", "10 second"}});
    rig.start();
    rig.run();
    const double before = rig.number("SCANNED.B");
    rig.put("SRC", 7);
    EXPECT_EQ(rig.number("CP"), 7);
    EXPECT_EQ(rig.number("CPP"), 7);
    EXPECT_EQ(rig.number("SCANNED.B"), before) << "CPP leaves what is not Passive alone";
    EXPECT_TRUE(rig.put("CP.INPA", "SRC NPP").ok());
    rig.put("SRC", 8);
    EXPECT_EQ(rig.number("CP"), 7);
    EXPECT_EQ(rig.number("CPP"), 8);
}

TEST(Link, ALoopOfCPLinksGoesOnInSlicesAndStarvesNobody)
{
    Rig rig;
    rig.record("calc", "A", {{"CALC", "A+1"}, {"INPA", "B CP"}});
    rig.record("calc", "B", {{"CALC", "A+1"}, {"INPA", "A CP"}});
    rig.record("calc", "TICK", {{"CALC", "VAL+1"}, {"SCAN", ".1 second"}});
    rig.start();
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(rig.database.advance(rig.clock.steady())) << "there is always more to do";
        rig.clock.advance(100ms);
    }
    EXPECT_EQ(rig.number("TICK"), 10);
    EXPECT_GT(rig.number("A"), 1'000);
    rig.subscribe("A", 1);
    rig.notes.events.clear();
    (void)rig.database.advance(rig.clock.steady());
    EXPECT_EQ(rig.notes.events.back(), "settled") << "the sink may write out what it has";
}

TEST(Link, CanBeChangedWhileTheDatabaseRuns)
{
    Rig rig;
    rig.record("calc", "ONE", {{"INPA", "1"}});
    rig.record("calc", "C", {{"CALC", "A+1"}});
    rig.start();
    EXPECT_TRUE(rig.put("C.INPA", "ONE.A NPP").ok());
    EXPECT_EQ(rig.number("C"), 0) << "a link field processes nothing";
    rig.put("C.PROC", 1);
    EXPECT_EQ(rig.number("C"), 2);
    EXPECT_FALSE(rig.put("C.INPA", "{calc: 1}").ok());
    EXPECT_EQ(rig.text("C.INPA"), "ONE.A NPP NMS");
    EXPECT_TRUE(rig.put("C.INPA", "").ok());
    EXPECT_EQ(rig.text("C.INPA"), "");
}

TEST(Link, WithMSSTheMessageComesAlong)
{
    Rig rig;
    rig.record("ai", "FAR", {{"INP", "NOT:HERE"}});
    rig.record("ai", "MS", {{"INP", "FAR MS"}});
    rig.record("ai", "MSS", {{"INP", "FAR MSS"}});
    rig.record("ao", "OUT", {{"OUT", "TO MSS PP"}, {"OMSL", "closed_loop"}, {"DOL", "FAR MSS"}});
    rig.record("ao", "TO");
    rig.start();
    for (const char* name : {"FAR", "MS", "MSS", "OUT"}) {
        rig.put(fmt::format("{}.PROC", name), 1);
    }
    EXPECT_EQ(rig.text("MS.AMSG"), "");
    EXPECT_EQ(rig.text("MS.STAT"), "LINK");
    EXPECT_EQ(rig.text("MSS.AMSG"), "field INP");
    EXPECT_EQ(rig.text("OUT.AMSG"), "field INP");
    EXPECT_EQ(rig.text("TO.AMSG"), "field INP") << "and on with the output";
    EXPECT_EQ(rig.text("TO.SEVR"), "INVALID");
}

TEST(Link, AnAddressFitsOnlyWhereTheDeviceWantsOne)
{
    Rig rig;
    EXPECT_TRUE(rig.database.add_device(
        "ai", {.name = "Box", .transfer = [](Record&, Cycle&) { return Transfer::done; }, .addressed = true}));
    rig.record("ai", "SOFT", {{"INP", "@box 1"}, {"FLNK", "SOFT"}});
    rig.record("ai", "BOX", {{"DTYP", "Box"}, {"INP", "@box 1"}});
    rig.record("ai", "WRONG", {{"DTYP", "Box"}, {"INP", "SOFT"}});
    rig.start();
    EXPECT_EQ(rig.text("SOFT.INP"), "") << "told and left out, as softIoc does";
    EXPECT_TRUE(rig.log.has("SOFT.INP: INP is a link, so it cannot hold the address '@box 1'"));
    EXPECT_EQ(rig.text("BOX.INP"), "@box 1");
    EXPECT_EQ(rig.text("WRONG.INP"), "");
    EXPECT_TRUE(rig.put("BOX.INP", "@box 2").ok());
    EXPECT_FALSE(rig.put("BOX.INP", "SOFT").ok());
    EXPECT_EQ(rig.text("BOX.INP"), "@box 2");
    EXPECT_FALSE(rig.put("SOFT.INP", "@box 1").ok());
    EXPECT_FALSE(rig.put("SOFT.FLNK", "@box 1").ok());
    EXPECT_EQ(rig.text("SOFT.FLNK"), "SOFT");
}

TEST(Link, ATextInQuotesIsNoConstant)
{
    EXPECT_EQ(canonical("\"text\""), "\"text\" NPP NMS") << "a name, as in EPICS Base";
    EXPECT_EQ(canonical("[1,2] x"), "[1,2] NPP NMS");
}

TEST(Link, FLNKWithCAProcessesByPROCOnly)
{
    Rig rig;
    rig.record("calc", "A", {{"FLNK", "N CA"}});
    rig.record("calc", "B", {{"FLNK", "N.PROC CA"}});
    rig.record("calc", "N", {{"CALC", "VAL+1"}});
    rig.start();
    rig.put("A.PROC", 1);
    EXPECT_EQ(rig.number("N"), 0);
    rig.put("B.PROC", 1);
    EXPECT_EQ(rig.number("N"), 1);
}

TEST(Link, ConstantsMeanToAFieldWhatTheyMeanInBase)
{
    Rig rig;
    rig.record("longin", "L", {{"INP", "5.9"}});
    rig.record("longin", "E", {{"INP", "1e3"}});
    rig.record("longin", "HEX", {{"INP", "0x1F"}});
    rig.record("int64in", "I", {{"INP", "{const: 9007199254740993}"}});
    rig.record("ai", "ARRAY", {{"INP", "[3, 4]"}});
    rig.record("ai", "TEXT", {{"INP", "{const: '6'}"}});
    rig.record("ai", "RAW", {{"DTYP", "Raw Soft Channel"}, {"INP", "1e3"}});
    rig.record("calc", "C", {{"INPA", "[7, 8]"}, {"INPB", "{const: [9]}"}});
    rig.record("waveform", "W", {{"INP", "{const: 'text'}"}, {"FTVL", "CHAR"}, {"NELM", "9"}});
    rig.start();
    EXPECT_EQ(rig.number("L"), 5);
    EXPECT_EQ(rig.number("E"), 1);
    EXPECT_EQ(rig.number("HEX"), 31);
    EXPECT_EQ(rig.text("I"), "9007199254740993");
    EXPECT_EQ(rig.number("ARRAY"), 3);
    EXPECT_EQ(rig.number("ARRAY.UDF"), 0);
    EXPECT_EQ(rig.number("TEXT"), 6);
    EXPECT_EQ(rig.number("RAW.RVAL"), 1);
    EXPECT_EQ(rig.number("C.A"), 7);
    EXPECT_EQ(rig.number("C.B"), 9);
    EXPECT_EQ(rig.number("W.NORD"), 5) << "with its NUL";
}

TEST(Link, AnOutputWithCAPutsAsAClientDoes)
{
    Rig rig;
    rig.record("ao", "AO", {{"OUT", "TO CA MS"}, {"HIGH", "5"}, {"HSV", "MINOR"}});
    rig.record("ao", "ASYNC", {{"OUT", "SLOW.PROC CA"}, {"DTYP", "Async Soft Channel"}});
    rig.record("ao", "PLAIN", {{"OUT", "SLOW.PROC CA"}});
    rig.record("ai", "SLOW", {{"SIMM", "YES"}, {"SDLY", "1"}});
    rig.record("calc", "N", {{"CALC", "VAL+1"}});
    rig.record("ai", "TO", {{"FLNK", "N"}});
    rig.start();
    rig.put("AO", 7);
    EXPECT_EQ(rig.number("TO"), 7);
    EXPECT_EQ(rig.number("N"), 1) << "VAL processes a Passive record when a client puts it";
    EXPECT_EQ(rig.text("TO.SEVR"), "NO_ALARM");
    rig.put("TO.DISP", 1);
    rig.put("AO", 8);
    EXPECT_EQ(rig.number("TO"), 7);
    EXPECT_EQ(rig.text("AO.STAT"), "HIGH") << "the failure is not told";
    const auto put = [&](std::string_view name, std::uint64_t token) {
        const auto channel = rig.open(name, rig.notes);
        rig.database.write(
            {.channel = channel, .token = iochron::pv::Token{token}, .value = Value::of(1.0), .wait = true}, rig.peer,
            rig.notes);
    };
    put("PLAIN", 1);
    EXPECT_EQ(rig.notes.ended.size(), 1u);
    EXPECT_EQ(rig.number("SLOW.PACT"), 1);
    rig.pass(1s);
    put("ASYNC", 2);
    EXPECT_EQ(rig.notes.ended.size(), 1u);
    rig.pass(1s);
    EXPECT_EQ(rig.notes.ended.size(), 2u);
}
