#include "db/fake_network.h"
#include "db/rig.h"

using namespace iochron::db;
using iochron::pv::Value;
namespace pv = iochron::pv;

namespace {

using Written = std::vector<std::string>;

/// A database whose outputs lead to a network.
struct RemoteWrites : testing::Test {
    void appear(const std::string& name, const pv::Meta& meta = meta_of(pv::ScalarType::float64))
    {
        network.appear(name, meta);
    }
    std::string alarm(std::string_view name)
    {
        return fmt::format("{}/{}", rig.text(fmt::format("{}.STAT", name)), rig.text(fmt::format("{}.SEVR", name)));
    }

    FakeNetwork network; // outlives the database
    Rig rig{network};
};

} // namespace

TEST_F(RemoteWrites, FailAtOnceAndAreNotKeptWithoutAConnection)
{
    rig.record("ao", "AO", {{"OUT", "FAR"}});
    rig.start();
    EXPECT_TRUE(rig.put("AO", 1).ok());
    EXPECT_EQ(alarm("AO"), "LINK/INVALID");
    EXPECT_EQ(rig.text("AO.AMSG"), "field OUT");
    appear("FAR");
    EXPECT_EQ(network.written(), Written{});
    EXPECT_EQ(network.subscriptions(), 0u) << "an output asks for no updates";
    EXPECT_TRUE(rig.put("AO", 2).ok());
    EXPECT_EQ(network.written(), Written{"FAR=2.000000"});
    EXPECT_EQ(alarm("AO"), "NO_ALARM/NO_ALARM");
    network.allow("FAR", {.read = true, .write = false});
    EXPECT_TRUE(rig.put("AO", 3).ok());
    EXPECT_EQ(alarm("AO"), "LINK/INVALID");
    EXPECT_EQ(network.written(), Written{});
}

TEST_F(RemoteWrites, HaveTheTypeOfTheFarEnd)
{
    rig.record("ao", "AO", {{"OUT", "INTEGER"}, {"PREC", "1"}});
    rig.record("ao", "TO_TEXT", {{"OUT", "TEXT"}, {"PREC", "1"}});
    rig.record("stringout", "S", {{"OUT", "DOUBLE"}});
    rig.record("stringout", "STATE", {{"OUT", "ENUM"}});
    rig.record("bo", "BO", {{"OUT", "TEXT"}, {"ZNAM", "off"}, {"ONAM", "on"}});
    rig.record("longout", "L", {{"OUT", "ENUM"}});
    rig.start();
    appear("INTEGER", meta_of(pv::ScalarType::int32));
    appear("TEXT", meta_of(pv::ScalarType::string));
    appear("DOUBLE");
    appear("ENUM", choices_of({"off", "on"}));
    rig.put("AO", 2.75);
    rig.put("TO_TEXT", 2.75);
    rig.put("S", "1.5 mm");
    rig.put("STATE", "on");
    rig.put("BO", 1);
    rig.put("L", 1);
    EXPECT_EQ(network.written(),
              (Written{"INTEGER=2", "TEXT=2.750000", "DOUBLE=1.500000", "ENUM=on", "TEXT=1", "ENUM=1"}));
    rig.put("S", "no number");
    EXPECT_EQ(alarm("S"), "LINK/INVALID");
    EXPECT_EQ(network.written(), Written{});
}

TEST_F(RemoteWrites, AreBoundedAndTheNewestValueWaits)
{
    rig.record("ao", "AO", {{"OUT", "FAR"}});
    rig.start();
    appear("FAR");
    for (int i = 1; i <= 100; ++i) {
        rig.put("AO", i);
    }
    EXPECT_EQ(network.written().size(), 16u);
    network.finish();
    EXPECT_EQ(network.written(), Written{"FAR=100.000000"});
    EXPECT_EQ(rig.counters.get("db.link_writes_replaced").value(), 83u);
    rig.put("AO", 101);
    EXPECT_EQ(network.written(), Written{"FAR=101.000000"});
}

TEST_F(RemoteWrites, WaitForTheEndOfTheChain)
{
    rig.record("ao", "FIRST", {{"OUT", "SECOND"}});
    rig.record("ao", "A", {{"OUT", "FAR"}, {"FLNK", "B"}});
    rig.record("calc", "B", {{"CALC", "VAL+1"}, {"FLNK", "C"}});
    rig.record("ao", "C", {{"OUT", "FAR2"}, {"DOL", "B"}, {"OMSL", "closed_loop"}});
    rig.start();
    appear("FAR");
    appear("FAR2");
    rig.put("A", 7);
    EXPECT_EQ(network.written(), (Written{"FAR=7.000000", "FAR2=1.000000"}));
}

TEST_F(RemoteWrites, OfTheAsyncDeviceKeepItsRecordActiveUntilTheyEnd)
{
    rig.record("ao", "AO", {{"DTYP", "Async Soft Channel"}, {"OUT", "FAR"}, {"FLNK", "NEXT"}});
    rig.record("calc", "NEXT", {{"CALC", "VAL+1"}});
    rig.start();
    appear("FAR");
    rig.put("AO", 1);
    EXPECT_EQ(network.written(), Written{"FAR=1.000000 wait"});
    EXPECT_EQ(rig.number("AO.PACT"), 1);
    EXPECT_EQ(rig.number("NEXT"), 0);
    rig.put("AO", 2); // processes again afterwards
    network.finish();
    EXPECT_EQ(rig.number("NEXT"), 1);
    EXPECT_EQ(network.written(), Written{"FAR=2.000000 wait"});
    network.finish();
    EXPECT_EQ(rig.number("AO.PACT"), 0);
    EXPECT_EQ(rig.number("NEXT"), 2);
}

TEST_F(RemoteWrites, OfASimulatedRecordAreNotWaitedFor)
{
    rig.record("ao", "AO", {{"DTYP", "Async Soft Channel"}, {"OUT", "FAR"}, {"SIOL", "SIM"}, {"SIMM", "YES"}});
    rig.start();
    appear("SIM");
    rig.put("AO", 1);
    EXPECT_EQ(network.written(), Written{"SIM=1.000000"});
    EXPECT_EQ(rig.number("AO.PACT"), 0);
}

TEST_F(RemoteWrites, WhoWaitsIsReleasedByALossAndByAChangeOfTheLink)
{
    rig.record("ao", "AO", {{"DTYP", "Async Soft Channel"}, {"OUT", "FAR"}});
    rig.start();
    appear("FAR");
    rig.put("AO", 1);
    EXPECT_EQ(rig.number("AO.PACT"), 1);
    network.lose("FAR");
    EXPECT_EQ(rig.number("AO.PACT"), 0);
    appear("FAR");
    rig.put("AO", 2);
    EXPECT_EQ(rig.number("AO.PACT"), 1);
    EXPECT_TRUE(rig.put("AO.OUT", "OTHER").ok());
    rig.run();
    EXPECT_EQ(rig.number("AO.PACT"), 0);
    network.finish(); // too late for anybody
    rig.put("AO", 3);
    EXPECT_EQ(rig.number("AO.PACT"), 0);
    EXPECT_EQ(alarm("AO"), "LINK/INVALID");
}

TEST_F(RemoteWrites, ThatFailAreLogged)
{
    rig.record("ao", "AO", {{"OUT", "FAR"}});
    rig.start();
    appear("FAR");
    rig.put("AO", 1);
    network.finish({pv::Outcome::put_failed, "DISP is 1"});
    EXPECT_TRUE(rig.log.has("AO.OUT: the write to 'FAR' failed: DISP is 1"));
    EXPECT_EQ(alarm("AO"), "NO_ALARM/NO_ALARM") << "the record has gone on long since";
}

TEST_F(RemoteWrites, OfAForwardLinkGoToProcOnly)
{
    rig.record("calc", "C", {{"FLNK", "FAR.PROC"}});
    rig.record("calc", "NOWHERE", {{"FLNK", "FAR"}});
    rig.start();
    EXPECT_TRUE(rig.log.has("NOWHERE.FLNK: a forward link to another IOC works only if it names a PROC field"));
    rig.put("C.PROC", 1);
    EXPECT_EQ(alarm("C"), "NO_ALARM/NO_ALARM") << "a forward link that fails is no alarm";
    appear("FAR");
    appear("FAR.PROC", meta_of(pv::ScalarType::uint8));
    rig.put("C.PROC", 1);
    rig.put("NOWHERE.PROC", 1);
    EXPECT_EQ(network.written(), Written{"FAR.PROC=1"});
}

TEST_F(RemoteWrites, ReachAnotherDatabase)
{
    Rig far;
    far.record("calc", "FAR", {{"CALC", "A+1"}, {"INPA", "1"}});
    Rig near{far.database};
    near.record("ao", "AO", {{"OUT", "FAR.A"}});
    near.record("calc", "BACK", {{"CALC", "A"}, {"INPA", "FAR CP MS"}});
    far.start();
    near.start();
    near.run();
    EXPECT_TRUE(near.put("AO", 41).ok());
    near.run();
    EXPECT_EQ(far.number("FAR"), 42);
    EXPECT_EQ(near.number("BACK"), 42);
    near.database.leave_network();
}
