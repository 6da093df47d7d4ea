#include "db/rig.h"

using namespace iochron;
using db::Rig;
using pv::Value;

namespace {

template <class T>
std::vector<T> elements(const Value& value)
{
    const std::span<const T> all = value.elements<T>();
    return {all.begin(), all.end()};
}

Value doubles(std::vector<double> numbers)
{
    return Value::array_of(std::span<const double>(numbers));
}

} // namespace

TEST(Waveform, TakesPartOfAnArray)
{
    Rig rig;
    const db::RecordId id = rig.record("waveform", "W", {{"FTVL", "LONG"}, {"NELM", "4"}});
    rig.start();
    EXPECT_EQ(rig.number("W.NORD"), 0);
    rig.subscribe("W", 1, pv::Mask::value);
    rig.subscribe("W.NORD", 2, pv::Mask::value);
    EXPECT_TRUE(rig.database.put(id, "VAL", doubles({1, 2.9})).ok());
    EXPECT_TRUE(rig.database.put(id, "VAL", doubles({1, 2, 3, 4, 5, 6})).ok());
    EXPECT_TRUE(rig.database.put(id, "VAL", Value::of(7.0)).ok());
    std::vector<std::vector<std::int32_t>> got;
    for (const db::Notes::Noted& noted : rig.notes.noted) {
        if (noted.token == 1) {
            got.push_back(elements<std::int32_t>(noted.value));
        }
    }
    EXPECT_EQ(got, (std::vector<std::vector<std::int32_t>>{{}, {1, 2}, {1, 2, 3, 4}, {7}}));
    EXPECT_EQ(rig.values(2), (std::vector<double>{0, 2, 4, 1}));
    EXPECT_EQ(rig.number("W.UDF"), 0);
}

TEST(Waveform, HasEveryElementType)
{
    const std::pair<const char*, pv::ScalarType> types[] = {
        {"CHAR", pv::ScalarType::int8},      {"UCHAR", pv::ScalarType::uint8},   {"SHORT", pv::ScalarType::int16},
        {"USHORT", pv::ScalarType::uint16},  {"LONG", pv::ScalarType::int32},    {"ULONG", pv::ScalarType::uint32},
        {"INT64", pv::ScalarType::int64},    {"UINT64", pv::ScalarType::uint64}, {"FLOAT", pv::ScalarType::float32},
        {"DOUBLE", pv::ScalarType::float64}, {"STRING", pv::ScalarType::string}, {"ENUM", pv::ScalarType::enumeration}};
    for (const auto& [name, type] : types) {
        Rig rig;
        const db::RecordId id = rig.record("waveform", "W", {{"FTVL", name}, {"NELM", "3"}});
        rig.start();
        const pv::MetaRef meta = rig.database.describe(rig.open("W", rig.notes));
        EXPECT_EQ(meta->type, type);
        EXPECT_TRUE(meta->is_array);
        EXPECT_EQ(meta->max_count, 3u);
        EXPECT_EQ(rig.database.get(id, "VAL")->type(), type);
        EXPECT_TRUE(rig.database.put(id, "VAL", doubles({1, 2})).ok()) << name;
        const Value value = *rig.database.get(id, "VAL");
        EXPECT_EQ(value.type(), type);
        EXPECT_EQ(value.count(), 2u);
        EXPECT_EQ(pv::Value(value).is_array(), true);
    }
}

TEST(Waveform, IsImmutableOnceItWasPosted)
{
    Rig rig;
    const db::RecordId id = rig.record("waveform", "W", {{"FTVL", "DOUBLE"}, {"NELM", "3"}});
    rig.start();
    const Value first = doubles({1, 2, 3});
    EXPECT_TRUE(rig.database.put(id, "VAL", first).ok());
    const Value held = *rig.database.get(id, "VAL");
    EXPECT_EQ(held.bytes().data(), first.bytes().data()); // shared, not copied
    EXPECT_TRUE(rig.database.put(id, "VAL", doubles({4})).ok());
    EXPECT_EQ(elements<double>(held), (std::vector<double>{1, 2, 3}));
}

TEST(Waveform, ReadsItsInput)
{
    Rig rig;
    rig.record("waveform", "FROM", {{"FTVL", "DOUBLE"}, {"NELM", "3"}, {"INP", "[1.5,2.5,3.5,4.5]"}});
    rig.record("waveform", "W", {{"FTVL", "STRING"}, {"NELM", "2"}, {"INP", "FROM"}});
    rig.record("ai", "SCALAR", {{"INP", "FROM"}});
    rig.start();
    EXPECT_EQ(rig.number("FROM.NORD"), 3);
    EXPECT_TRUE(rig.put("W.PROC", 1.0).ok());
    const Value value = *rig.database.get(rig.id("W"), "VAL");
    ASSERT_EQ(value.count(), 2u);
    EXPECT_EQ(value.text_at(1), "2.500000");
    EXPECT_TRUE(rig.put("SCALAR.PROC", 1.0).ok());
    EXPECT_EQ(rig.number("SCALAR"), 1.5);
}

TEST(Waveform, PostsOnChangeOnly)
{
    Rig rig;
    const db::RecordId id = rig.record("waveform", "W", {{"FTVL", "DOUBLE"}, {"NELM", "3"}, {"MPST", "On Change"}});
    rig.start();
    rig.subscribe("W", 1, pv::Mask::value);
    for (const double number : {1.0, 1.0, 2.0}) {
        EXPECT_TRUE(rig.database.put(id, "VAL", doubles({number})).ok());
    }
    EXPECT_EQ(rig.values(1).size(), 3u);
    EXPECT_NE(rig.number("W.HASH"), 0);
}

TEST(Waveform, UserCodeGivesText)
{
    Rig rig;
    const db::RecordId id = rig.record("waveform", "W", {{"FTVL", "CHAR"}, {"NELM", "100"}, {"SCAN", "I/O Intr"}});
    rig.start();
    EXPECT_TRUE(rig.database.set(id, Value::of(std::string_view("a long text"))).ok());
    EXPECT_EQ(rig.number("W.NORD"), 12);
    EXPECT_EQ(elements<std::int8_t>(*rig.database.get(id, "VAL")).front(), 'a');
    EXPECT_FALSE(rig.database.put_text(id, "VAL", "x"));
    EXPECT_FALSE(rig.put("W.NELM", 3.0).ok());
}
