#include "db/rig.h"

using namespace iochron;
using db::Notes;
using db::Rig;
using pv::Token;
using pv::Value;

namespace {

struct Filtered : testing::Test {
    Filtered()
    {
        rig.record("waveform", "W", {{"FTVL", "DOUBLE"}, {"NELM", "10"}});
        rig.record("waveform", "T", {{"FTVL", "STRING"}, {"NELM", "4"}});
        rig.record("calc", "C", {{"DESC", "text"}, {"B", "7"}});
        rig.start();
        put(6);
        const std::string texts[] = {"a", "b", "c"};
        EXPECT_TRUE(rig.database.put(rig.id("T"), "VAL", Value::string_array(texts)).ok());
    }
    void put(std::size_t count)
    {
        std::vector<double> numbers(count);
        for (std::size_t i = 0; i < count; ++i) {
            numbers[i] = static_cast<double>(i);
        }
        EXPECT_TRUE(rig.database.put(rig.id("W"), "VAL", Value::array_of<double>(numbers)).ok());
    }
    Value read(std::string_view name)
    {
        rig.database.read({.channel = rig.open(name, rig.notes), .token = Token{9}}, rig.peer, rig.notes);
        return rig.notes.read.value;
    }
    std::vector<double> numbers(std::string_view name)
    {
        const Value value = read(name);
        const auto elements = value.elements<double>();
        return {elements.begin(), elements.end()};
    }

    Rig rig;
};

using Numbers = std::vector<double>;

} // namespace

TEST_F(Filtered, ReadsTakeElementsOfThePresentData)
{
    EXPECT_EQ(numbers("W.[1:3]"), (Numbers{1, 2, 3}));
    EXPECT_EQ(numbers("W.VAL[2]"), (Numbers{2}));
    EXPECT_EQ(numbers("W.VAL[-2:]"), (Numbers{4, 5}));
    EXPECT_EQ(numbers("W.VAL[0:2:20]"), (Numbers{0, 2, 4}));
    EXPECT_EQ(numbers("W.VAL[8:]"), (Numbers{}));
    EXPECT_EQ(numbers("W.VAL[1:]{arr:{s:1,i:2}}"), (Numbers{2, 4}));
    EXPECT_EQ(numbers("W.VAL{arr:{s:'2',e:3.9}}"), (Numbers{2, 3}));
    EXPECT_EQ(read("T.VAL[1:]").count(), 2u);
    EXPECT_EQ(read("T.VAL[1:]").text_at(1), "c");
    EXPECT_EQ(read("C.DESC$[1:2]").count(), 2u);
    EXPECT_EQ(read("C.B[3]").as_double(), 7);
}

TEST_F(Filtered, MetaHasTheMostElementsThatAreLeft)
{
    const auto most = [this](std::string_view name) {
        return rig.database.describe(rig.open(name, rig.notes))->max_count;
    };
    EXPECT_EQ(most("W"), 10u);
    EXPECT_EQ(most("W.VAL[1:3]"), 3u);
    EXPECT_EQ(most("W.VAL[-2:]"), 2u);
    EXPECT_EQ(most("W.VAL{}"), 10u);
    EXPECT_EQ(rig.notes.answered[1].meta->max_count, 3u);
}

TEST_F(Filtered, UpdatesGoThroughTheFilterOfTheirOwnChannel)
{
    (void)rig.subscribe("W.VAL[1:2]", 1);
    (void)rig.subscribe("W", 2);
    const auto second = rig.subscribe("W.VAL[-1]", 3);
    put(4);
    std::vector<std::vector<double>> heard(4);
    for (const Notes::Noted& noted : rig.notes.noted) {
        const auto elements = noted.value.elements<double>();
        heard[noted.token].assign(elements.begin(), elements.end());
        EXPECT_EQ(noted.meta->max_count, noted.token == 1 ? 2u : noted.token == 2 ? 10u : 1u);
    }
    EXPECT_EQ(heard[1], (Numbers{1, 2}));
    EXPECT_EQ(heard[2], (Numbers{0, 1, 2, 3}));
    EXPECT_EQ(heard[3], (Numbers{3}));
    rig.database.unsubscribe(second);
    const std::size_t before = rig.notes.noted.size();
    put(5);
    EXPECT_EQ(rig.notes.noted.size(), before + 2);
}

TEST_F(Filtered, PutsGoToTheWholeField)
{
    const pv::ChannelId channel = rig.open("W.VAL[1:2]", rig.notes);
    const std::vector<double> fresh = {7, 8, 9};
    rig.database.write({.channel = channel, .token = Token{5}, .value = Value::array_of<double>(fresh), .wait = true},
                       rig.peer, rig.notes);
    EXPECT_EQ(numbers("W"), fresh);
    rig.database.close(channel);
    EXPECT_EQ(rig.database.describe(channel), nullptr);
}

TEST_F(Filtered, WhatCannotBeDoneIsRefusedWithWords)
{
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"W.VAL[]", "column 2"},
        {"C.VAL{dbnd:{d:'x'}}", "'d' of the filter dbnd wants a number"},
        {"C.VAL{dbnd:{m:'x'}}", "one of abs, rel"},
        {"C.VAL{dbnd:{d:[]}}", "expected a number"},
        {"C.VAL{dec:{}}", "of 1 at least"},
        {"C.VAL{dec:{n:0}}", "of 1 at least"},
        {"C.VAL{dec:{n:2.0}}", "an integer"},
        {"C.VAL{utag:{X:1}}", "has M, V, not 'X'"},
        {"C.VAL{utag:{M:0xffffffff}}", "32"},
        {"C.VAL{sync:{m:'while'}}", "a mode and a state"},
        {"C.VAL{sync:{while:'green'}}", "no state 'green'"},
        {"C.VAL{sync:{while:1}}", "wants a text"},
        {"C.VAL{ts:{num:2}}", "one of dbl, sec, nsec, ts"},
        {"W.VAL{none:{}}", "no filter"},
        {"W.VAL{arr:{x:1}}", "has s, i, e, not 'x'"},
        {"W.VAL{arr:{s:'x'}}", "integer"},
        {"W.VAL{arr:3}", "settings"}};
    for (const auto& [name, words] : wrong) {
        (void)rig.open(name, rig.notes);
        const pv::Status& status = rig.notes.answered.back().status;
        EXPECT_EQ(status.outcome, pv::Outcome::unsupported) << name;
        EXPECT_NE(status.text.find(words), std::string::npos) << status.text;
        const std::string_view names[] = {name};
        pv::Presence found[1];
        rig.database.find(names, found);
        EXPECT_EQ(found[0], pv::Presence::here);
    }
}
