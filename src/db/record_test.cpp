#include "db/rig.h"

using namespace std::chrono_literals;
using iochron::db::Rig;
using iochron::pv::Mask;

// What a record takes in all: hot block, name, link, scan list, stream, channel.
TEST(Record, TakesAtMost300BytesAsAMonitoredCalc)
{
    constexpr std::size_t records = 100'000;
    Rig rig;
    for (std::size_t i = 0; i < records; ++i) {
        const std::string name = fmt::format("BL01-CALC:{:07}", i);
        rig.record("calc", name, {{"CALC", "A+1"}, {"INPA", name + " NPP"}, {"SCAN", ".1 second"}, {"PREC", "3"}});
    }
    rig.start();
    for (std::size_t i = 0; i < records; ++i) {
        rig.subscribe(fmt::format("BL01-CALC:{:07}", i), i);
    }
    EXPECT_LE(rig.database.memory_bytes() / records, 300u);
}

TEST(Record, HasTheFieldsThatAllRecordsHaveWithTheirDefaults)
{
    Rig rig;
    rig.record("calc", "C");
    const std::pair<const char*, const char*> defaults[] = {
        {"NAME", "C"},        {"DESC", ""},    {"ASG", ""},          {"SCAN", "Passive"},  {"PINI", "NO"},
        {"PHAS", "0"},        {"EVNT", ""},    {"TSE", "0"},         {"TSEL", ""},         {"DISV", "1"},
        {"DISA", "0"},        {"SDIS", ""},    {"DISP", "0"},        {"PROC", "0"},        {"STAT", "UDF"},
        {"SEVR", "NO_ALARM"}, {"AMSG", ""},    {"NSTA", "NO_ALARM"}, {"NSEV", "NO_ALARM"}, {"NAMSG", ""},
        {"ACKS", "NO_ALARM"}, {"ACKT", "YES"}, {"DISS", "NO_ALARM"}, {"LCNT", "0"},        {"PACT", "0"},
        {"PUTF", "0"},        {"RPRO", "0"},   {"PRIO", "LOW"},      {"TPRO", "0"},        {"UDF", "1"},
        {"UDFS", "INVALID"},  {"UTAG", "0"},   {"FLNK", ""},         {"RTYP", "calc"}};
    for (const auto& [field, text] : defaults) {
        EXPECT_EQ(rig.text(std::string("C.") + field), text) << field;
    }
    rig.start();
    EXPECT_EQ(rig.text("C.SEVR"), "INVALID") << "undefined until it processes";
}

TEST(Record, RefusesWhatNoTypeOrFieldHasAndNamesTheNearest)
{
    Rig rig;
    EXPECT_EQ(rig.database.create("clac", "X").error(), "unknown record type 'clac'; did you mean 'calc'?");
    const auto id = rig.record("calc", "C");
    EXPECT_NE(rig.database.put_text(id, "HIHO", "1").error().find("did you mean 'HIHI'?"), std::string::npos);
    EXPECT_NE(rig.database.put_text(id, "SCAN", "sometimes").error().find("expected Passive"), std::string::npos);
    EXPECT_NE(rig.database.put_text(id, "HHSV", "MAYOR").error().find("did you mean 'MAJOR'?"), std::string::npos);
    EXPECT_NE(rig.database.put_text(id, "PHAS", "70000").error().find("from -32768 to 32767"), std::string::npos);
    EXPECT_NE(rig.database.put_text(id, "HIGH", "1.5x").error().find("expected a number"), std::string::npos);
    EXPECT_NE(rig.database.put_text(id, "DESC", std::string(41, 'x')).error().find("at most 40"), std::string::npos);
    EXPECT_FALSE(rig.database.put_text(id, "NAME", "OTHER"));
    EXPECT_FALSE(rig.database.create("ai", "C")) << "the name is taken by another type";
    EXPECT_FALSE(rig.database.create("calc", "A.B"));
    EXPECT_FALSE(rig.database.create("calc", std::string(61, 'x')));
    EXPECT_EQ(*rig.database.create("*", "C"), id);
    EXPECT_FALSE(rig.database.create("*", "NONE"));
}

TEST(Record, TellsTheFieldsThatDifferFromTheirDefaultSoThatTheyMakeItAgain)
{
    Rig rig;
    const std::pair<std::string_view, std::string_view> fields[] = {
        {"DESC", "a text"}, {"SCAN", "2 second"}, {"DISV", "3"},        {"UDFS", "MINOR"},
        {"FLNK", "OTHER"},  {"HIHI", "12.5"},     {"HHSV", "MAJOR"},    {"EGU", "mm"},
        {"CALC", "A+B"},    {"INPA", "5"},        {"INPB", "C.A PP MS"}};
    const auto id = rig.record("calc", "C");
    for (const auto& [field, text] : fields) {
        ASSERT_TRUE(rig.database.put_text(id, field, text)) << field;
    }
    const auto copy = rig.record("calc", "COPY");
    for (const auto& changed : rig.database.changed_fields(id)) {
        ASSERT_TRUE(rig.database.put_text(copy, changed.name, changed.text)) << changed.name << " = " << changed.text;
    }
    const auto one = rig.database.changed_fields(id);
    const auto two = rig.database.changed_fields(copy);
    ASSERT_EQ(one.size(), std::size(fields));
    ASSERT_EQ(two.size(), one.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].name, two[i].name);
        EXPECT_EQ(one[i].text, two[i].text);
    }
    EXPECT_EQ(*rig.database.text(copy, "FLNK"), "OTHER");
    EXPECT_EQ(*rig.database.text(copy, "INPB"), "C.A PP MS");
}

TEST(Record, KeepsNothingOfALoadThatWasAborted)
{
    Rig rig;
    const auto old = rig.record("calc", "OLD", {{"DESC", "first"}, {"INPA", "OLD.B"}, {"HIHI", "1"}});
    rig.database.info(old, "archive", "yes");
    const std::size_t before = rig.database.size();
    rig.database.begin();
    rig.record("calc", "NEW", {{"CALC", "A+B+C+D"}, {"INPD", "OLD"}, {"DESC", "x"}, {"HIHI", "7"}});
    rig.record("ai", "AI", {{"INP", "OLD"}});
    rig.record("calc", "OLD", {{"DESC", "second"}, {"INPA", "7"}, {"HIHI", "2"}, {"VAL", "3"}});
    ASSERT_TRUE(rig.database.alias(old, "ALIAS"));
    rig.database.info(old, "archive", "no");
    rig.database.abort();
    EXPECT_EQ(rig.database.size(), before);
    EXPECT_FALSE(rig.database.find("NEW"));
    EXPECT_FALSE(rig.database.find("ALIAS"));
    EXPECT_EQ(rig.text("OLD.DESC"), "first");
    EXPECT_EQ(rig.text("OLD.INPA"), "OLD.B NPP NMS");
    EXPECT_EQ(rig.text("OLD.HIHI"), "1");
    EXPECT_EQ(rig.number("OLD.UDF"), 1);
    EXPECT_EQ(rig.database.infos(old).at(0).second, "yes");
    rig.database.begin();
    const auto again = rig.record("calc", "NEW", {{"CALC", "A"}});
    rig.database.commit();
    EXPECT_EQ(rig.text("NEW.DESC"), "");
    EXPECT_EQ(rig.database.find("NEW"), again);
}

TEST(Record, CanBeTakenOutAgainBeforeTheStart)
{
    Rig rig;
    const auto gone = rig.record("calc", "GONE", {{"SCAN", "1 second"}, {"FLNK", "STAYS"}});
    ASSERT_TRUE(rig.database.alias(gone, "ALIAS"));
    rig.record("calc", "STAYS", {{"INPA", "GONE CP"}});
    rig.database.begin();
    ASSERT_TRUE(rig.database.remove(gone));
    EXPECT_FALSE(rig.database.find("GONE"));
    rig.database.abort();
    EXPECT_TRUE(rig.database.find("GONE"));
    ASSERT_TRUE(rig.database.remove(gone));
    EXPECT_EQ(rig.database.size(), 1u);
    EXPECT_FALSE(rig.database.find("ALIAS"));
    rig.start();
    rig.pass(3s);
    EXPECT_FALSE(rig.database.remove(*rig.database.find("STAYS")));
}

TEST(Record, IsFoundByItsAliases)
{
    Rig rig;
    const auto id = rig.record("calc", "C");
    ASSERT_TRUE(rig.database.alias(id, "SECOND"));
    ASSERT_TRUE(rig.database.alias(id, "SECOND")) << "once more is no harm";
    EXPECT_FALSE(rig.database.alias(id, "C.VAL"));
    rig.record("calc", "D");
    EXPECT_FALSE(rig.database.alias(id, "D"));
    EXPECT_EQ(rig.database.find("SECOND"), id);
    EXPECT_EQ(rig.database.aliases(id), std::vector<std::string_view>{"SECOND"});
    EXPECT_EQ(rig.database.name(id), "C");
    rig.start();
    rig.subscribe("SECOND.VAL", 1);
    EXPECT_EQ(rig.values(1).size(), 1u);
}
