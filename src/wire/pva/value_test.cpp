#include "wire/pva/value.h"

#include "wire/hex.h"
#include "wire/pva/bit_set.h"
#include "wire/pva/size.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace iochron::wire::pva {
namespace {

using base::ByteOrder;
using pv::ScalarType;
using pv::Value;

template <class F>
std::string written(ByteOrder order, F&& f)
{
    std::vector<std::byte> bytes;
    Encoder encoder(bytes, order);
    f(encoder);
    return to_hex(bytes);
}

/// Reads a value of the type from hex, little-endian, and gives it with what went wrong.
struct Read {
    Value value;
    bool ok = false;
    std::size_t left = 0;
};
Read read(const pv::TypeRef& type, std::string_view hex, ByteOrder order = ByteOrder::little)
{
    const auto bytes = from_hex(hex);
    base::Reader reader(bytes, order);
    TypeCache types;
    Read read;
    read.value = ValueReader(reader, types).full(type);
    read.ok = reader.ok();
    read.left = reader.left();
    return read;
}

pv::TypeRef described(std::string_view hex)
{
    const auto bytes = from_hex(hex);
    base::Reader reader(bytes, ByteOrder::little);
    TypeCache types;
    pv::TypeRef type = types.read(reader);
    return reader.ok() && reader.left() == 0 ? type : nullptr;
}

TEST(BitSetOnTheWire, ShortestFormInBothOrders)
{
    const auto hex = [](ByteOrder order, std::initializer_list<std::size_t> numbers) {
        pv::BitSet bits;
        for (const std::size_t n : numbers) {
            bits.set(n);
        }
        const std::string text = written(order, [&](Encoder& e) { write(e, bits); });
        const auto bytes = from_hex(text);
        base::Reader reader(bytes, order);
        EXPECT_EQ(read_bit_set(reader), bits);
        EXPECT_TRUE(reader.ok() && reader.left() == 0);
        return text;
    };
    EXPECT_EQ(hex(ByteOrder::little, {}), same("00"));
    EXPECT_EQ(hex(ByteOrder::little, {0}), same("01 01"));
    EXPECT_EQ(hex(ByteOrder::big, {8}), same("02 00 01"));
    EXPECT_EQ(hex(ByteOrder::big, {55}), same("07 00 00 00 00 00 00 80"));
    EXPECT_EQ(hex(ByteOrder::little, {56}), same("08 00 00 00 00 00 00 00 01"));
    EXPECT_EQ(hex(ByteOrder::big, {56}), same("08 01 00 00 00 00 00 00 00"));
    EXPECT_EQ(hex(ByteOrder::big, {64}), same("09 00 00 00 00 00 00 00 00 01"));
}

TEST(BitSetOnTheWire, RefusesBitsThatNoStructureHas)
{
    const auto bytes = from_hex("fe 01200000" + std::string(2 * 0x2001, '0'));
    base::Reader reader(bytes, ByteOrder::little);
    (void)read_bit_set(reader);
    EXPECT_FALSE(reader.ok());
}

TEST(TypeOnTheWire, AnEnumAsPvxsDescribesIt)
{
    const auto alarm = pv::structure("alarm_t", {{"severity", pv::scalar(ScalarType::int32)},
                                                 {"status", pv::scalar(ScalarType::int32)},
                                                 {"message", pv::scalar(ScalarType::string)}});
    const auto type = pv::structure("epics:nt/NTEnum:1.0",
                                    {{"value", pv::structure("enum_t", {{"index", pv::scalar(ScalarType::int32)},
                                                                        {"choices", pv::array(ScalarType::string)}})},
                                     {"alarm", alarm}});
    const char* const hex = "80 13 65706963733a6e742f4e54456e756d3a312e30 02"
                            "05 76616c7565 80 06 656e756d5f74 02 05 696e646578 22 07 63686f69636573 68"
                            "05 616c61726d 80 07 616c61726d5f74 03 08 7365766572697479 22 06 737461747573 22"
                            "07 6d657373616765 60";
    EXPECT_EQ(written(ByteOrder::little, [&](Encoder& e) { write(e, type); }), same(hex));
    ASSERT_TRUE(described(hex));
    EXPECT_EQ(*described(hex), *type);
}

TEST(TypeOnTheWire, EveryFormComesBack)
{
    const auto either = pv::choice("u", {{"a", pv::scalar(ScalarType::boolean)}, {"b", pv::any_type()}});
    const auto type = pv::structure("", {{"f", pv::fixed_array(ScalarType::int16, 3)},
                                         {"b", pv::bounded_array(ScalarType::float32, 300)},
                                         {"s", pv::bounded_string(8)},
                                         {"u", either},
                                         {"us", pv::choice_array(either)},
                                         {"ss", pv::structure_array(pv::structure("", {}))},
                                         {"as", pv::any_array()}});
    const auto back = described(written(ByteOrder::little, [&](Encoder& e) { write(e, type); }));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, *type);
}

TEST(TypeOnTheWire, DefinitionsAreKeptForTheConnection)
{
    TypeCache types;
    const auto read_next = [&](std::string_view hex) {
        const auto bytes = from_hex(hex);
        base::Reader reader(bytes, ByteOrder::little);
        pv::TypeRef type = types.read(reader);
        return reader.ok() ? type : nullptr;
    };
    const auto defined = read_next("fd 0100 80 00 01 01 61 43");
    ASSERT_TRUE(defined);
    EXPECT_EQ(read_next("fe 0100"), defined);
    EXPECT_EQ(read_next("80 00 01 01 78 fe 0100")->members()[0].type, defined);
    EXPECT_EQ(*read_next("fc 0100 07000000 22"), *pv::scalar(ScalarType::int32)) << "tagged, and defined anew";
    EXPECT_EQ(*read_next("fe 0100"), *pv::scalar(ScalarType::int32));
    EXPECT_FALSE(read_next("fe 0200"));
}

TEST(TypeOnTheWire, HostileDescriptionsAreRefused)
{
    std::string deep;
    for (int i = 0; i < 25; ++i) {
        deep += "80 00 01 01 61 ";
    }
    EXPECT_FALSE(described(deep + "43"));
    EXPECT_FALSE(described("80 00 01 01 61 ff")) << "a member without a type";
    EXPECT_FALSE(described("88 43")) << "an array of structures of doubles";
    EXPECT_FALSE(described("7f"));
    EXPECT_FALSE(described("5b fe ffffff7e")) << "a fixed array of two thousand million doubles";
    EXPECT_FALSE(described("80 00 fe 00000040")) << "more members than bytes";
    EXPECT_FALSE(described("80 00"));
    // Each level holds the one before 100 times: a million million fields in half a kilobyte.
    std::string bomb = "fd 0000 80 00 00 ";
    std::string members;
    for (int i = 0; i < 100; ++i) {
        members += "01 61 fe 0000";
    }
    EXPECT_FALSE(described("80 00 02 01 61 fd 0000 80 00 64" + members + "01 62 43")) << "not defined yet";
    TypeCache types;
    bool ok = true;
    for (int level = 0; level < 6 && ok; ++level) {
        const auto bytes = from_hex(level == 0 ? bomb : "fd 0000 80 00 64" + members);
        base::Reader reader(bytes, ByteOrder::little);
        ok = types.read(reader) != nullptr && reader.ok();
    }
    EXPECT_FALSE(ok);
    // The same of unions, which number nothing: whoever walks such a type would never come back.
    ok = true;
    for (int level = 0; level < 6 && ok; ++level) {
        const auto bytes = from_hex(level == 0 ? "fd 0000 81 00 01 01 61 43" : "fd 0000 81 00 64" + members);
        base::Reader reader(bytes, ByteOrder::little);
        ok = types.read(reader) != nullptr && reader.ok();
    }
    EXPECT_FALSE(ok);
}

TEST(ValueOnTheWire, ArraysOfCompoundsAsTheProtocolShowsThem)
{
    const auto number = pv::structure("", {{"n", pv::scalar(ScalarType::uint32)}});
    const char* const hex = "03 01 deadbeef 01 1badface 00";
    const Read numbers = read(pv::structure_array(number), hex, ByteOrder::big);
    ASSERT_TRUE(numbers.ok);
    const auto& elements = *numbers.value.compounds();
    ASSERT_EQ(elements.size(), 3u);
    EXPECT_EQ(elements[1].structure()->find("n")->get<std::uint32_t>(), 0x1badfaceU);
    EXPECT_TRUE(elements[2].empty());
    EXPECT_EQ(written(ByteOrder::big, [&](Encoder& e) { write_full(e, *pv::structure_array(number), numbers.value); }),
              same(hex));

    const auto text = pv::scalar(ScalarType::string);
    const auto either = pv::choice_array(pv::choice("", {{"x", text}, {"y", text}}));
    const char* const choices = "03 01 00 04 74686558 01 01 04 74686559 00";
    const Read unions = read(either, choices);
    ASSERT_TRUE(unions.ok);
    EXPECT_EQ((*unions.value.compounds())[1].choice()->value.text(), "theY");
    EXPECT_EQ(written(ByteOrder::little, [&](Encoder& e) { write_full(e, *either, unions.value); }), same(choices));

    const char* const anys = "03 01 26 7b000000 01 80 00 01 01 71 60 04 74686571 00";
    const Read any = read(pv::any_array(), anys);
    ASSERT_TRUE(any.ok);
    EXPECT_EQ((*any.value.compounds())[0].any()->value.get<std::uint32_t>(), 123u);
    EXPECT_EQ(written(ByteOrder::little, [&](Encoder& e) { write_full(e, *pv::any_array(), any.value); }), same(anys));
}

pv::TypeRef everything()
{
    std::vector<pv::Member> members;
    for (const ScalarType type : {ScalarType::boolean, ScalarType::int8, ScalarType::uint8, ScalarType::int16,
                                  ScalarType::uint16, ScalarType::int32, ScalarType::uint32, ScalarType::int64,
                                  ScalarType::uint64, ScalarType::float32, ScalarType::float64, ScalarType::string}) {
        members.push_back({std::string(to_string(type)), pv::scalar(type)});
        members.push_back({std::string(to_string(type)) + "s", pv::array(type)});
    }
    members.push_back({"three", pv::fixed_array(ScalarType::int16, 3)});
    return pv::structure("all", std::move(members));
}

TEST(ValueOnTheWire, EveryTypeInBothOrders)
{
    pv::Structure all(everything());
    for (const pv::Member& member : all.type()->members()) {
        const bool texts = member.type->scalar() == ScalarType::string;
        const std::vector<double> numbers = {1, 0, 1};
        const std::vector<std::string> words = {"one", "", std::string(300, 'x')};
        const Value value = member.type->is(pv::Type::Form::scalar) ? (texts ? Value::of(words[2]) : Value::of(1.0))
                            : texts                                 ? Value::string_array(words)
                                                                    : Value::array_of<double>(numbers);
        ASSERT_TRUE(all.set(member.name, value).ok()) << member.name;
    }
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Read full = read(all.type(), written(order, [&](Encoder& e) { write_full(e, all); }), order);
        ASSERT_TRUE(full.ok);
        EXPECT_EQ(full.left, 0u);
        EXPECT_EQ(*full.value.structure(), all);
    }
}

TEST(ValueOnTheWire, MarkedFieldsOnly)
{
    const auto inner = pv::structure("", {{"a", pv::scalar(ScalarType::int32)}, {"b", pv::scalar(ScalarType::int8)}});
    const auto type = pv::structure("", {{"x", pv::scalar(ScalarType::uint8)}, {"in", inner}, {"y", inner}});
    pv::Structure value(type);
    ASSERT_TRUE(value.set("in.b", 7).ok());
    EXPECT_EQ(written(ByteOrder::little, [&](Encoder& e) { write_marked(e, value); }), same("01 10 07"));

    const auto read_into = [&](pv::Structure& into, std::string_view hex) {
        const auto bytes = from_hex(hex);
        base::Reader reader(bytes, ByteOrder::little);
        TypeCache types;
        ValueReader(reader, types).marked(into);
        return reader.ok() && reader.left() == 0;
    };
    pv::Structure into(type);
    ASSERT_TRUE(read_into(into, "01 1c 01000000 02")) << "the mark of a structure stands for all in it";
    EXPECT_EQ(into.find("in.a")->get<std::int32_t>(), 1);
    EXPECT_EQ(into.find("in.b")->get<std::int8_t>(), 2);
    EXPECT_EQ(into.marked(), leaves(*type, 2));
    pv::Structure whole(type);
    ASSERT_TRUE(read_into(whole, "01 03 09 01000000 02 03000000 04"));
    EXPECT_EQ(whole.marked(), leaves(*type));
    EXPECT_EQ(whole.find("y.b")->get<std::int8_t>(), 4);
    EXPECT_FALSE(read_into(whole, "02 00 01")) << "a field that there is not";
    EXPECT_FALSE(read_into(whole, "01 02")) << "a value that is missing";
}

TEST(ValueOnTheWire, HostileValuesAreRefused)
{
    EXPECT_FALSE(read(pv::array(ScalarType::float64), "fe ffffff7e 00").ok);
    EXPECT_FALSE(read(pv::array(ScalarType::string), "05 01 61").ok);
    EXPECT_FALSE(read(pv::bounded_array(ScalarType::int8, 1), "02 01 02").ok);
    EXPECT_TRUE(read(pv::bounded_array(ScalarType::boolean, 1), "02 01 02").value.empty());
    EXPECT_FALSE(read(pv::choice("", {{"a", pv::any_type()}}), "01").ok);
    EXPECT_FALSE(read(pv::scalar(ScalarType::string), "fe ffffffff").ok);
    EXPECT_TRUE(read(pv::bounded_string(2), "02 61 62").ok);
    EXPECT_FALSE(read(pv::bounded_string(2), "03 61 62 63").ok);
    std::string nested;
    for (int i = 0; i < 1000; ++i) {
        nested += "82";
    }
    EXPECT_FALSE(read(pv::any_type(), nested + "43").ok) << "an any in an any in an any";
    std::vector<pv::Member> empties;
    for (int i = 0; i < 1000; ++i) {
        empties.push_back({"e", pv::structure("", {})});
    }
    const auto wide = pv::structure_array(pv::structure("", std::move(empties)));
    std::string many = "fe e8030000";
    for (int i = 0; i < 1000; ++i) {
        many += "01";
    }
    EXPECT_FALSE(read(wide, many).ok) << "a million fields in a thousand bytes";
}

/// A message whose only content is an array, as a holder holds it, so many bytes behind an aligned place.
struct Held {
    Held(const pv::Value& array, base::ByteOrder order, std::size_t behind)
    {
        std::vector<std::byte> bytes(behind);
        Encoder encoder(bytes, order);
        write_full(encoder, *pv::array(array.type()), array);
        holder = pv::BufferRef::make(bytes.size());
        std::ranges::copy(bytes, holder->fill());
        base::Reader reader({holder->data() + behind, bytes.size() - behind}, order);
        TypeCache types;
        read = ValueReader(reader, types, holder).full(pv::array(array.type()));
        EXPECT_EQ(read, array);
    }
    [[nodiscard]] bool stays() const
    {
        const std::byte* const at = read.bytes().data();
        return at >= holder->data() && at < holder->data() + holder->capacity();
    }
    pv::BufferRef holder;
    pv::Value read;
};

TEST(ValueOnTheWire, ALargeArrayStaysWhereItsMessageLies)
{
    const auto native = base::native_order;
    const auto other = native == base::ByteOrder::little ? base::ByteOrder::big : base::ByteOrder::little;
    const std::vector<std::uint8_t> pixels(40'000, 7);
    std::vector<double> numbers(10'000);
    std::iota(numbers.begin(), numbers.end(), 0.5);
    const auto image = pv::Value::array_of<std::uint8_t>(pixels);
    const auto doubles = pv::Value::array_of<double>(numbers);
    constexpr std::size_t count_bytes = 5; // of more than 253 elements
    EXPECT_TRUE(Held(image, native, 0).stays());
    EXPECT_TRUE(Held(image, other, 1).stays()) << "bytes have no order";
    EXPECT_TRUE(Held(doubles, native, 8 - count_bytes).stays());
    EXPECT_FALSE(Held(doubles, native, 0).stays()) << "not aligned";
    EXPECT_FALSE(Held(doubles, other, 8 - count_bytes).stays()) << "of the other order";
    EXPECT_FALSE(Held(image, native, 50'000).stays()) << "it would keep more than itself";
    EXPECT_FALSE(Held(pv::Value::array_of<std::uint8_t>(std::vector<std::uint8_t>(300, 7)), native, 0).stays());
    EXPECT_FALSE(Held(pv::Value::zeros(ScalarType::boolean, 40'000), native, 0).stays()) << "a bool may be any byte";
    Held kept(image, native, 0);
    kept.holder = {};
    EXPECT_EQ(kept.read, image) << "it keeps the message";
}

TEST(ValueOnTheWire, ANullTextIsEmpty)
{
    const Read text = read(pv::scalar(ScalarType::string), "ff");
    ASSERT_TRUE(text.ok);
    EXPECT_EQ(text.value.text(), "");
}

} // namespace
} // namespace iochron::wire::pva
