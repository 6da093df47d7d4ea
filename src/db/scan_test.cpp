#include "db/scan.h"

#include "db/rig.h"

using namespace std::chrono_literals;
using iochron::db::parse_period;
using iochron::db::Rig;

namespace {

std::uint64_t counter(const Rig& rig, std::string_view name)
{
    std::uint64_t found = ~std::uint64_t{0};
    rig.counters.each([&](std::string_view each, std::uint64_t value) { found = each == name ? value : found; });
    return found;
}

} // namespace

TEST(Scan, ReadsPeriodsAsEpicsWritesThem)
{
    EXPECT_EQ(parse_period("10 second"), 10s);
    EXPECT_EQ(parse_period(".1 second"), 100ms);
    EXPECT_EQ(parse_period("0.05 seconds"), 50ms);
    EXPECT_EQ(parse_period("20 ms"), 20ms);
    EXPECT_EQ(parse_period("100 Hz"), 10ms);
    EXPECT_EQ(parse_period("2 minutes"), 120s);
    EXPECT_EQ(parse_period("1 hour"), 3600s);
    for (const char* bad : {"", "second", "10", "0 second", "-1 second", "1 fortnight", "1e9 second", "1 us"}) {
        EXPECT_FALSE(parse_period(bad)) << bad;
    }
}

TEST(Scan, AppendsThePeriodsThatAFileNamesBehindTheTenOfTheMenu)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"SCAN", ".01 second"}});
    rig.record("calc", "D", {{"SCAN", ".1 second"}});
    rig.start();
    const auto meta = rig.database.describe(rig.open("C.SCAN", rig.notes));
    ASSERT_EQ(meta->choices.size(), 11u);
    EXPECT_EQ(meta->choices[9], ".1 second");
    EXPECT_EQ(meta->choices[10], ".01 second");
    EXPECT_EQ(rig.number("C.SCAN"), 10);
    rig.pass(100ms);
    EXPECT_EQ(rig.number("C"), 11);
}

TEST(Scan, RunsByPhaseThenInTheOrderOfTheFile)
{
    Rig rig;
    for (const auto& [name, phase] : {std::pair{"A", "2"}, {"B", "1"}, {"C", "2"}, {"D", "-1"}, {"E", "0"}}) {
        rig.record("calc", name, {{"CALC", "VAL+1"}, {"SCAN", "1 second"}, {"PHAS", phase}});
    }
    rig.start();
    std::uint64_t token = 0;
    for (const char* name : {"A", "B", "C", "D", "E"}) {
        rig.subscribe(name, ++token);
    }
    rig.notes.noted.clear();
    rig.run();
    std::vector<std::uint64_t> order;
    for (const auto& noted : rig.notes.noted) {
        order.push_back(noted.token);
    }
    EXPECT_EQ(order, (std::vector<std::uint64_t>{4, 5, 2, 1, 3}));
}

TEST(Scan, ThatIsLateByLessThanAPeriodStartsAtOnceAndKeepsTheGrid)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"SCAN", ".1 second"}});
    rig.start();
    rig.run();
    rig.clock.advance(160ms); // due at 100 ms
    rig.run();
    EXPECT_EQ(rig.number("C"), 2);
    EXPECT_EQ(rig.database.next_deadline(), rig.clock.steady() + 40ms);
    EXPECT_EQ(counter(rig, "db.scans_late"), 1u);
    EXPECT_EQ(counter(rig, "db.scans_skipped"), 0u);
}

TEST(Scan, SkipsAndCountsWholePeriodsThatWereMissed)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}, {"SCAN", ".1 second"}});
    rig.start();
    rig.run();
    rig.clock.advance(430ms);
    rig.run();
    EXPECT_EQ(rig.number("C"), 2) << "one pass for the present period";
    EXPECT_EQ(counter(rig, "db.scans_skipped"), 3u);
    EXPECT_EQ(rig.database.next_deadline(), rig.clock.steady() + 70ms);
}

TEST(Scan, IsDoneInSlicesBetweenWhichAFasterListGetsItsTurn)
{
    Rig rig;
    for (int i = 0; i < 30'000; ++i) {
        rig.record("calc", fmt::format("S{}", i), {{"CALC", "VAL+1"}, {"SCAN", "10 second"}});
    }
    rig.record("calc", "FAST", {{"CALC", "VAL+1"}, {"SCAN", ".01 second"}});
    rig.start();
    EXPECT_TRUE(rig.database.advance(rig.clock.steady()));
    EXPECT_EQ(rig.number("FAST"), 1) << "its deadline is the earliest";
    EXPECT_TRUE(rig.database.advance(rig.clock.steady()));
    EXPECT_EQ(rig.number("S0"), 1);
    EXPECT_EQ(rig.number("S29999"), 0) << "a slice is not the whole list";
    rig.clock.advance(10ms);
    EXPECT_TRUE(rig.database.advance(rig.clock.steady()));
    EXPECT_EQ(rig.number("FAST"), 2);
    rig.run();
    EXPECT_EQ(rig.number("S29999"), 1);
    EXPECT_EQ(rig.number("S0"), 1);
}

TEST(Scan, ASliceIsShorterWhenTheSinkReportsMuchWork)
{
    Rig rig;
    for (int i = 0; i < 3'000; ++i) {
        rig.record("calc", fmt::format("S{}", i), {{"CALC", "VAL+1"}, {"SCAN", "10 second"}});
    }
    rig.start();
    for (int i = 0; i < 3'000; ++i) {
        rig.subscribe(fmt::format("S{}", i), static_cast<std::uint64_t>(i));
    }
    rig.notes.cost = 1'000;
    rig.notes.noted.clear();
    EXPECT_TRUE(rig.database.advance(rig.clock.steady()));
    EXPECT_LT(rig.notes.noted.size(), 2'000u);
    const std::size_t settled = std::ranges::count(rig.notes.events, "settled");
    rig.run();
    EXPECT_EQ(rig.notes.noted.size(), 3'000u);
    EXPECT_EQ(std::ranges::count(rig.notes.events, "settled"), settled + 1) << "once, when the pass is through";
}

TEST(Scan, ChangesWithSCANWhileItRuns)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.record("calc", "D", {{"CALC", "VAL+1"}, {"SCAN", ".5 second"}});
    rig.start();
    rig.pass(1s);
    EXPECT_EQ(rig.number("C"), 0);
    EXPECT_TRUE(rig.put("C.SCAN", ".1 second").ok());
    rig.pass(1s);
    EXPECT_EQ(rig.number("C"), 11) << "due at 1.0, 1.1 ... 2.0 seconds";
    EXPECT_TRUE(rig.put("C.SCAN", "Passive").ok());
    rig.pass(1s);
    EXPECT_EQ(rig.number("C"), 11);
    EXPECT_EQ(rig.number("D"), 7);
    EXPECT_FALSE(rig.put("C.SCAN", "3 second").ok()) << "a client cannot make a new period";
}

TEST(Scan, ProcessesAtTheStartWhatPINISays)
{
    Rig rig;
    rig.record("calc", "YES", {{"CALC", "VAL+1"}, {"PINI", "YES"}});
    rig.record("calc", "RUN", {{"CALC", "A+1"}, {"INPA", "LATER"}, {"PINI", "RUN"}});
    rig.record("calc", "LATER", {{"CALC", "A+1"}, {"INPA", "YES"}, {"PINI", "YES"}, {"PHAS", "1"}});
    rig.record("calc", "NO", {{"CALC", "VAL+1"}});
    rig.start();
    EXPECT_EQ(rig.number("YES"), 1);
    EXPECT_EQ(rig.number("LATER"), 2);
    EXPECT_EQ(rig.number("RUN"), 3);
    EXPECT_EQ(rig.number("NO"), 0);
}

TEST(Scan, PostsEventsByNameAndByNumber)
{
    Rig rig;
    rig.record("calc", "NAME", {{"CALC", "VAL+1"}, {"SCAN", "Event"}, {"EVNT", "beam on"}});
    rig.record("calc", "NUMBER", {{"CALC", "VAL+1"}, {"SCAN", "Event"}, {"EVNT", "5"}});
    rig.start();
    rig.database.post_event("beam on");
    rig.database.post_event("5.0");
    rig.database.post_event("nobody");
    rig.run();
    EXPECT_EQ(rig.number("NAME"), 1);
    EXPECT_EQ(rig.number("NUMBER"), 1);
    EXPECT_TRUE(rig.put("NAME.EVNT", "5").ok());
    rig.database.post_event("5");
    rig.run();
    EXPECT_EQ(rig.number("NAME"), 2);
    EXPECT_EQ(rig.number("NUMBER"), 2);
}

TEST(Scan, ServesTriggersInSlicesAndMergesThem)
{
    Rig rig;
    constexpr int records = 1'000;
    rig.record("calc", "SRC");
    for (int i = 0; i < records; ++i) {
        rig.record("calc", fmt::format("T{}", i), {{"CALC", "B:=B+1;B"}, {"INPA", "SRC CP"}});
    }
    rig.start();
    rig.run();
    int woken = 0;
    rig.database.on_wake([&] { ++woken; });
    EXPECT_EQ(rig.database.next_deadline(), iochron::base::never);
    rig.put("SRC", 1);
    EXPECT_EQ(woken, 1) << "not all were served within the put";
    EXPECT_LE(rig.database.next_deadline(), rig.clock.steady());
    rig.put("SRC", 2);
    EXPECT_GT(counter(rig, "db.triggers_merged"), 0u);
    rig.run();
    EXPECT_EQ(rig.database.next_deadline(), iochron::base::never);
    double served = 0;
    for (int i = 0; i < records; ++i) {
        served += rig.number(fmt::format("T{}", i));
    }
    EXPECT_EQ(served + static_cast<double>(counter(rig, "db.triggers_merged")), 3 * records)
        << "each of the three changes was served or merged";
}

TEST(Scan, WakesItsOwnerWhenADeadlineComesNearer)
{
    Rig rig;
    rig.record("calc", "C", {{"CALC", "VAL+1"}});
    rig.start();
    int woken = 0;
    rig.database.on_wake([&] { ++woken; });
    rig.put("C.SCAN", "1 second");
    EXPECT_EQ(woken, 1);
    rig.pass(5s);
    EXPECT_EQ(woken, 1) << "advance() needs no waking";
}

TEST(Scan, ProcessesARecordThatWasTriggered)
{
    Rig rig;
    const auto id = rig.record("calc", "C", {{"CALC", "VAL+1"}, {"SCAN", "I/O Intr"}});
    rig.start();
    rig.database.trigger(id);
    rig.run();
    EXPECT_EQ(rig.number("C"), 1);
}
