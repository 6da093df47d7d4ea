#include "db/rig.h"

using namespace iochron::db;
using iochron::pv::Value;

namespace {

/// "LINK/INVALID field INP" of a record.
std::string alarm_of(Rig& rig, const std::string& record)
{
    const std::string message = rig.text(record + ".AMSG");
    return rig.text(record + ".STAT") + "/" + rig.text(record + ".SEVR") + (message.empty() ? "" : " " + message);
}

} // namespace

// A link that processes its target fails where that fails; so do dbDbGetValue and dbDbPutValue of EPICS Base.
TEST(FailingLinks, ATargetThatFailsFailsTheLink)
{
    Rig rig;
    rig.record("stringin", "TEXT", {{"VAL", "no number"}});
    rig.record("ai", "BAD", {{"INP", "TEXT"}});
    rig.record("ai", "READER", {{"INP", "BAD PP"}, {"VAL", "7"}});
    rig.record("ao", "WRITER", {{"OUT", "BAD PP"}});
    rig.record("ai", "QUIET", {{"INP", "BAD"}});
    rig.record("longout", "DEAF", {{"OUT", "BAD PP"}});
    rig.record("ao", "BEHIND", {{"OUT", "DEAF PP"}});
    rig.start();
    EXPECT_TRUE(rig.put("READER.PROC", 1).ok());
    EXPECT_EQ(alarm_of(rig, "READER"), "LINK/INVALID field INP");
    EXPECT_EQ(rig.number("READER"), 7);
    EXPECT_TRUE(rig.put("WRITER", 3).ok());
    EXPECT_EQ(alarm_of(rig, "WRITER"), "LINK/INVALID field OUT");
    EXPECT_TRUE(rig.put("QUIET.PROC", 1).ok());
    EXPECT_EQ(alarm_of(rig, "QUIET"), "NO_ALARM/NO_ALARM");
    EXPECT_TRUE(rig.put("BEHIND", 3).ok());
    EXPECT_EQ(alarm_of(rig, "DEAF"), "LINK/INVALID field OUT");
    EXPECT_EQ(alarm_of(rig, "BEHIND"), "NO_ALARM/NO_ALARM");
}

TEST(FailingLinks, WhatWasNotReadPassesNoAlarmOn)
{
    Rig rig;
    rig.record("calc", "SOURCE", {{"DESC", "words"}});
    rig.record("ai", "READER", {{"INP", "SOURCE.DESC MSS"}});
    rig.record("ai", "DISABLED", {{"SDIS", "SOURCE.DESC MSS"}});
    rig.start();
    EXPECT_TRUE(rig.put("READER.PROC", 1).ok());
    EXPECT_EQ(alarm_of(rig, "READER"), "LINK/INVALID field INP");
    EXPECT_TRUE(rig.put("DISABLED.PROC", 1).ok());
    EXPECT_EQ(alarm_of(rig, "DISABLED"), "LINK/INVALID field SDIS");
}

TEST(FailingLinks, SimlLeavesTheModeAndTellsInStatAlone)
{
    Rig rig;
    rig.record("stringin", "TEXT", {{"VAL", "no number"}});
    rig.record("calc", "SOURCE", {{"CALC", "5"}});
    rig.record("ai", "READER", {{"INP", "SOURCE PP"}, {"SIML", "TEXT"}});
    rig.start();
    EXPECT_TRUE(rig.put("READER.PROC", 1).ok());
    EXPECT_EQ(rig.number("READER"), 5);
    EXPECT_EQ(alarm_of(rig, "READER"), "LINK/NO_ALARM");
}

// As getLinkValue() of EPICS Base, which has no way to a single element.
TEST(FailingLinks, TheTextOfALinkIsReadAsCharactersOrInAnArray)
{
    Rig rig;
    rig.record("calc", "SOURCE", {{"INPA", "SOURCE.B MS"}});
    rig.record("stringin", "PLAIN", {{"INP", "SOURCE.INPA"}});
    rig.record("stringin", "LONG", {{"INP", "SOURCE.INPA$"}});
    rig.record("waveform", "ARRAY", {{"INP", "SOURCE.INPA$"}, {"FTVL", "STRING"}, {"NELM", "2"}});
    rig.record("longin", "NUMBER", {{"INP", "SOURCE.INPA$"}});
    rig.record("ai", "DOUBLE", {{"INP", "SOURCE.INPA$"}});
    rig.start();
    for (const char* record : {"PLAIN", "LONG", "ARRAY", "NUMBER", "DOUBLE"}) {
        EXPECT_TRUE(rig.put(std::string(record) + ".PROC", 1).ok());
    }
    EXPECT_EQ(alarm_of(rig, "PLAIN"), "LINK/INVALID field INP");
    EXPECT_EQ(rig.text("LONG"), "SOURCE.B NPP MS");
    EXPECT_EQ(rig.database.get(rig.id("ARRAY"), "VAL")->text_at(0), "SOURCE.B NPP MS");
    EXPECT_EQ(alarm_of(rig, "NUMBER"), "LINK/INVALID field INP");
    EXPECT_EQ(rig.number("DOUBLE.UDF"), 1);
}

TEST(FailingLinks, TselPassesItsAlarmOnBeforeTheRecordFindsItsOwn)
{
    Rig rig;
    rig.record("stringin", "TEXT", {{"VAL", "no number"}});
    rig.record("ai", "BAD", {{"INP", "TEXT"}});
    rig.record("ao", "STAMPED", {{"TSEL", "BAD.TSE MSS"}, {"HIGH", "1"}, {"HSV", "INVALID"}, {"HIHI", "9"}});
    rig.start();
    EXPECT_TRUE(rig.put("BAD.PROC", 1).ok());
    EXPECT_TRUE(rig.put("STAMPED", 5).ok());
    EXPECT_EQ(alarm_of(rig, "STAMPED"), "LINK/INVALID field INP");
}

TEST(FailingLinks, ACpLinkToATimeHearsTheValue)
{
    Rig rig;
    rig.record("calc", "SOURCE", {{"CALC", "VAL+1"}});
    const auto id = rig.record("calc", "FOLLOWER", {{"TSEL", "SOURCE.TIME CP"}, {"CALC", "VAL+1"}});
    rig.start();
    rig.run();
    const double before = rig.number("FOLLOWER");
    EXPECT_TRUE(rig.put("SOURCE.PROC", 1).ok());
    rig.run();
    EXPECT_EQ(rig.number("FOLLOWER"), before + 1);
    // An acknowledgement posts on all streams of the record.
    const auto channel = rig.open("SOURCE", rig.notes);
    rig.database.write({.channel = channel,
                        .value = Value::of(std::uint16_t{0}),
                        .kind = iochron::pv::WriteKind::acknowledge_transient},
                       rig.peer, rig.notes);
    EXPECT_EQ(rig.number("SOURCE.ACKT"), 0);
    EXPECT_TRUE(rig.database.put(id, "TSEL", Value::of(std::string_view(""))).ok());
}

TEST(FailingLinks, ALongTextMayHaveOneCharacterOrNone)
{
    Rig rig;
    const auto id = rig.record("ai", "A", {{"DESC", "words"}, {"INP", "A"}});
    rig.start();
    const auto channel = rig.open("A.DESC$", rig.notes);
    rig.database.write({.channel = channel, .value = Value::of(std::uint8_t{'x'})}, rig.peer, rig.notes);
    EXPECT_EQ(rig.text("A.DESC"), "x");
    const auto link = rig.open("A.INP$", rig.notes);
    rig.database.write({.channel = link, .value = Value::of(std::uint8_t{0})}, rig.peer, rig.notes);
    EXPECT_EQ(*rig.database.text(id, "INP"), "");
}

TEST(FailingLinks, AJsonConstantIsToBeReadOnly)
{
    Rig rig;
    const auto id = rig.record("ao", "OUT");
    EXPECT_FALSE(rig.database.put_text(id, "OUT", "{const: 4}"));
    EXPECT_FALSE(rig.database.put_text(id, "FLNK", "{const: 4}"));
    EXPECT_TRUE(rig.database.put_text(id, "DOL", "{const: 4}"));
}

TEST(FailingLinks, AsyncInputsHaveTheirOwnWayToProcess)
{
    Rig rig;
    rig.record("calc", "SOURCE", {{"DESC", "words"}});
    const auto id = rig.record("ai", "READER", {{"DTYP", "Async Soft Channel"}, {"INP", "SOURCE.DESC CP MSS"}});
    rig.record("bi", "NONE", {{"DTYP", "Async Soft Channel"}});
    rig.start();
    EXPECT_EQ(*rig.database.text(id, "INP"), "SOURCE.DESC MSS");
    EXPECT_TRUE(rig.put("READER.PROC", 1).ok());
    rig.run();
    EXPECT_EQ(alarm_of(rig, "READER"), "READ/INVALID");
    EXPECT_TRUE(rig.put("NONE.PROC", 1).ok());
    EXPECT_EQ(rig.number("NONE.UDF"), 1);
}

TEST(FailingLinks, AnEmptyTextNamesAStateWithoutAName)
{
    Rig rig;
    rig.record("mbbo", "M", {{"ZRST", "zero"}, {"ONST", "one"}});
    rig.record("mbbo", "GAP", {{"ZRST", "zero"}, {"TWST", "two"}});
    rig.record("bo", "B", {{"ZNAM", "off"}, {"VAL", "0"}});
    rig.record("waveform", "W", {{"FTVL", "DOUBLE"}, {"NELM", "2"}});
    rig.start();
    EXPECT_TRUE(rig.put("M", "").ok());
    EXPECT_EQ(rig.number("M"), 2);
    EXPECT_TRUE(rig.put("GAP", "").ok());
    EXPECT_EQ(rig.number("GAP"), 1);
    EXPECT_TRUE(rig.put("B", "").ok());
    EXPECT_EQ(rig.number("B"), 1);
    EXPECT_FALSE(rig.put("W", "").ok());
}

TEST(FailingLinks, AnMbbiWithoutInputIsDefinedOnceItProcessed)
{
    Rig rig;
    rig.record("mbbi", "M");
    rig.start();
    EXPECT_TRUE(rig.put("M.PROC", 1).ok());
    EXPECT_EQ(rig.number("M.UDF"), 0);
}
