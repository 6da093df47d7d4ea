#include "db/rig.h"

using namespace iochron;
using db::Rig;
using pv::Mask;
using pv::Token;
using pv::Value;
using Numbers = std::vector<double>;

namespace {

/// Updates that reach a subscription through the filters of its name.
struct Passing : testing::Test {
    Passing()
    {
        rig.record("ao", "A", {{"DRVH", "0"}, {"HIGH", "50"}, {"HSV", "MINOR"}});
        rig.record("waveform", "W", {{"FTVL", "LONG"}, {"NELM", "4"}});
        rig.record("stringout", "S");
        rig.record("bo", "FLAG", {{"DTYP", "Db State"}, {"OUT", "@red"}});
        for (const std::string_view tag : {"0", "2", "3", "6"}) {
            rig.record("ao", fmt::format("TAG{}", tag), {{"UTAG", tag}});
        }
        rig.start();
    }
    void put(std::initializer_list<double> values)
    {
        for (const double value : values) {
            EXPECT_TRUE(rig.put("A", value).ok());
        }
    }
    std::vector<std::string> texts(std::uint64_t token)
    {
        std::vector<std::string> all;
        for (const db::Notes::Noted& noted : rig.notes.noted) {
            if (noted.token == token) {
                all.emplace_back(noted.value.text());
            }
        }
        return all;
    }

    Rig rig;
};

} // namespace

TEST_F(Passing, DbndHoldsBackWhatDiffersByLess)
{
    (void)rig.subscribe("A.VAL{dbnd:{abs:2}}", 1, Mask::value);
    (void)rig.subscribe("A.VAL{dbnd:{d:10,m:'rel'}}", 2, Mask::value);
    (void)rig.subscribe("A.VAL{\"dbnd\":{\"a\":-1}}", 3, Mask::value);
    put({1, 2, 2.5, 4.4, 4.6, -10, -10.5, -9, 0});
    EXPECT_EQ(rig.values(1), (Numbers{0, 2.5, 4.6, -10, 0}));
    EXPECT_EQ(rig.values(2), (Numbers{0, 1, 2, 2.5, 4.4, -10, -10.5, -9, 0}));
    EXPECT_EQ(rig.values(3).size(), 10u);
}

TEST_F(Passing, DbndPassesAlarmsAndWhatIsNoNumber)
{
    (void)rig.subscribe("A.VAL{dbnd:{abs:1000}}", 1, Mask::value | Mask::alarm);
    (void)rig.subscribe("W.VAL{dbnd:{abs:1000}}", 2, Mask::value);
    (void)rig.subscribe("S.VAL{dbnd:{abs:1000}}", 3, Mask::value);
    put({1, 60, 61});
    EXPECT_EQ(rig.values(1), (Numbers{0, 1, 60})); // UDF ends, MINOR begins
    EXPECT_TRUE(rig.database.put(rig.id("W"), "VAL", Value::array_of<std::int32_t>({{1, 2}})).ok());
    EXPECT_TRUE(rig.put("S", "5").ok());
    EXPECT_EQ(rig.values(2).size(), 2u);
    EXPECT_EQ(texts(3), (std::vector<std::string>{"", "5"}));
}

TEST_F(Passing, DecPassesTheFirstOfEach)
{
    (void)rig.subscribe("A.VAL{dec:{n:3}}", 1, Mask::value | Mask::property);
    (void)rig.subscribe("A.VAL{dec:{n:1}}", 2, Mask::value);
    put({1, 2, 3, 4, 5});
    EXPECT_EQ(rig.values(1), (Numbers{0, 1, 4})); // the first value is a property too
    EXPECT_TRUE(rig.put("A.EGU", "mm").ok());     // a property passes, and is not counted
    put({6});
    EXPECT_EQ(rig.values(1), (Numbers{0, 1, 4, 5}));
    EXPECT_EQ(rig.values(2).size(), 7u);
}

TEST_F(Passing, FiltersOfAChainEachSeeWhatTheOneBeforePassed)
{
    (void)rig.subscribe("A.VAL{dbnd:{abs:1},dec:{n:2}}", 1, Mask::value);
    (void)rig.subscribe("A.VAL{dec:{n:2},dbnd:{abs:1}}", 2, Mask::value);
    put({0.5, 2, 2.5, 4, 6, 6.1, 8});
    EXPECT_EQ(rig.values(1), (Numbers{0, 4, 8}));
    EXPECT_EQ(rig.values(2), (Numbers{0, 2, 4, 6.1}));
}

TEST_F(Passing, EachSubscriptionHasMemoriesOfItsOwn)
{
    const pv::ChannelId channel = rig.open("A.VAL{dec:{n:2}}", rig.notes);
    (void)rig.database.subscribe({.channel = channel, .mask = Mask::value, .token = Token{1}}, rig.notes);
    put({1});
    const auto second = rig.database.subscribe({.channel = channel, .mask = Mask::value, .token = Token{2}}, rig.notes);
    put({2, 3});
    EXPECT_EQ(rig.values(1), (Numbers{0, 2}));
    EXPECT_EQ(rig.values(2), (Numbers{1, 3}));
    rig.database.unsubscribe(second);
    put({4, 5});
    EXPECT_EQ(rig.values(1), (Numbers{0, 2, 4}));
    EXPECT_EQ(rig.values(2), (Numbers{1, 3}));
}

TEST_F(Passing, UtagPassesTheFirstAndThoseThatMatch)
{
    (void)rig.subscribe("A.VAL{utag:{M:3,V:2}}", 1, Mask::value);
    const auto tagged = [&](double value, std::uint64_t tag) {
        EXPECT_TRUE(rig.put("A.TSEL", fmt::format("TAG{}.TIME", tag)).ok());
        put({value});
    };
    tagged(1, 2);
    tagged(2, 3);
    tagged(3, 6);
    tagged(4, 0);
    EXPECT_EQ(rig.values(1), (Numbers{0, 1, 3}));
}

TEST_F(Passing, SyncPassesByAStateOfTheDatabase)
{
    const std::string_view modes[] = {"before", "first", "last", "after", "while", "unless"};
    for (std::uint64_t token = 0; const std::string_view mode : modes) {
        (void)rig.subscribe(fmt::format("A.VAL{{sync:{{m:'{}',s:'red'}}}}", mode), ++token, Mask::value);
    }
    (void)rig.subscribe("A.VAL{sync:{whi:'red'}}", 7, Mask::value);
    put({1, 2});
    EXPECT_TRUE(rig.database.set_state("red", true));
    put({3, 4});
    EXPECT_TRUE(rig.put("FLAG", 0.0).ok());
    put({5, 6});
    EXPECT_EQ(rig.values(1), (Numbers{2}));
    EXPECT_EQ(rig.values(2), (Numbers{3}));
    EXPECT_EQ(rig.values(3), (Numbers{4}));
    EXPECT_EQ(rig.values(4), (Numbers{5}));
    EXPECT_EQ(rig.values(5), (Numbers{3, 4}));
    EXPECT_EQ(rig.values(6), (Numbers{0, 1, 2, 5, 6}));
    EXPECT_EQ(rig.values(7), (Numbers{3, 4}));
    EXPECT_FALSE(rig.database.set_state("green", true));
}

TEST_F(Passing, AnUpdateThatWasKeptIsWholeAsItWas)
{
    (void)rig.subscribe("A.VAL{sync:{before:'red'}}", 1, Mask::value | Mask::alarm);
    rig.clock.advance(std::chrono::seconds(1));
    put({60});
    const base::Stamp then = rig.clock.now();
    rig.clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(rig.database.set_state("red", true));
    put({1});
    ASSERT_EQ(rig.values(1), (Numbers{60}));
    EXPECT_EQ(rig.notes.noted.back().time, then);
    EXPECT_EQ(rig.notes.noted.back().alarm.severity, pv::Severity::minor);
}

TEST_F(Passing, TsGivesTheTimeOfTheUpdateOrTheTimeAsTheValue)
{
    rig.clock.advance(std::chrono::seconds(1));
    put({1});
    const base::Stamp stamp = rig.clock.now();
    rig.clock.advance(std::chrono::milliseconds(1500));
    auto first = [this, token = std::uint64_t{0}](std::string_view name) mutable {
        (void)rig.subscribe(name, ++token);
        return rig.notes.noted.back();
    };
    EXPECT_EQ(first("A.VAL{ts:{}}").time, rig.clock.now());
    EXPECT_EQ(first("A.VAL{ts:{}}").value.as_double(), 1);
    const auto seconds = static_cast<std::uint32_t>(stamp.ns / 1'000'000'000 - base::epics_epoch_s);
    const auto ns = static_cast<std::uint32_t>(stamp.ns % 1'000'000'000);
    EXPECT_EQ(first("A.VAL{ts:{num:'sec'}}").value, Value::of(seconds));
    EXPECT_EQ(first("A.VAL{ts:{num:'sec',epoch:'unix'}}").value,
              Value::of(static_cast<std::uint32_t>(seconds + base::epics_epoch_s)));
    EXPECT_EQ(first("A.VAL{ts:{n:'n'}}").value, Value::of(ns));
    EXPECT_EQ(first("A.VAL{ts:{num:'dbl'}}").value, Value::of(seconds + ns * 1e-9));
    EXPECT_EQ(first("A.VAL{ts:{num:'ts'}}").value, Value::array_of<std::uint32_t>({{seconds, ns}}));
    EXPECT_EQ(first("A.VAL{ts:{num:'ts'},arr:{s:1}}").value, Value::array_of<std::uint32_t>({{ns}}));
    EXPECT_EQ(first("A.VAL{ts:{str:'iso'}}").value.text().size(), 31u);
    EXPECT_EQ(first("A.VAL{ts:{s:'e',n:'sec'}}").value.text().size(), 26u);
    EXPECT_EQ(rig.notes.noted.back().meta->type, pv::ScalarType::string);
    EXPECT_EQ(first("W.VAL{ts:{s:'e'}}").value.text(), "<undefined>");
    EXPECT_FALSE(rig.notes.noted.back().meta->is_array);
}

TEST_F(Passing, ReadsAreNeverHeldBack)
{
    put({1});
    for (const std::string_view name :
         {"A.VAL{dbnd:{abs:9}}", "A.VAL{dec:{n:9}}", "A.VAL{utag:{V:9}}", "A.VAL{sync:{while:'red'}}"}) {
        rig.database.read({.channel = rig.open(name, rig.notes), .token = Token{9}}, rig.peer, rig.notes);
        EXPECT_EQ(rig.notes.read.value.as_double(), 1) << name;
    }
}
