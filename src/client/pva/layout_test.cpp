#include "client/pva/layout.h"

#include "pv/normative.h"
#include "pv/plain.h"
#include "wire/pva/value.h"

#include <gtest/gtest.h>

#include <random>

namespace iochron::client::pva {
namespace {

using pv::ScalarType;

std::vector<std::byte> encoded(const pv::Structure& update, base::ByteOrder order)
{
    std::vector<std::byte> bytes;
    wire::pva::Encoder encoder(bytes, order);
    write_marked(encoder, update);
    return bytes;
}

/// Sets some of what an update of a number may bring, by chance.
void change(pv::Structure& state, std::mt19937& random, bool all)
{
    const auto maybe = [&](std::string_view path, const pv::Value& value) {
        if (all || random() % 2 == 0) {
            ASSERT_TRUE(state.set(path, value).ok()) << path;
        }
    };
    maybe(state.find("value.index") != nullptr ? "value.index" : "value",
          pv::Value::of(static_cast<std::int32_t>(random() % 100)));
    maybe("alarm.severity", pv::Value::of(static_cast<std::int32_t>(random() % 4)));
    maybe("alarm.status", pv::Value::of(static_cast<std::int32_t>(random() % 8)));
    maybe("alarm.message", pv::Value::of(std::array<std::string_view, 3>{"", "HIHI", "too hot"}[random() % 3]));
    maybe("timeStamp.secondsPastEpoch", pv::Value::of(std::int64_t{1'700'000'000} + random() % 100));
    maybe("timeStamp.nanoseconds", pv::Value::of(static_cast<std::int32_t>(random() % 1'000'000'000)));
    maybe("timeStamp.userTag", pv::Value::of(static_cast<std::int32_t>(random() % 5)));
}

void expect_same(const pv::Sample& sample, const pv::Plain& plain)
{
    EXPECT_EQ(sample.value, plain.value);
    EXPECT_EQ(sample.time.ns, plain.time.ns);
    EXPECT_EQ(sample.user_tag, plain.user_tag);
    EXPECT_EQ(sample.alarm, plain.alarm);
    EXPECT_EQ(sample.message == nullptr ? "" : *sample.message, plain.message);
}

/// Updates by the short way, by the long way, and by the structure that all of them make must say the same.
void compare(const pv::TypeRef& type)
{
    std::mt19937 random(7);
    const auto layout = Layout::of(type, nullptr);
    ASSERT_TRUE(layout);
    pv::Structure state(type);
    Number quick;
    Number slow;
    for (int i = 0; i < 500; ++i) {
        const auto order = i % 2 == 0 ? base::ByteOrder::little : base::ByteOrder::big;
        state.unmark_all();
        change(state, random, i == 0); // the first update is whole
        const auto bytes = encoded(state, order);
        base::Reader reader(bytes, order);
        ASSERT_TRUE(layout->take(reader, quick));
        EXPECT_EQ(reader.left(), 0u);
        wire::pva::TypeCache types;
        base::Reader again(bytes, order);
        layout->take(layout->read(again, types), slow);
        const auto plain = plain_of(state);
        ASSERT_TRUE(plain);
        for (const Number& number : {quick, slow}) {
            pv::Sample sample;
            layout->fill(number, sample);
            expect_same(sample, *plain);
        }
    }
}

TEST(PvaLayout, UpdatesOfNumbersAndEnumsSayTheSameByEitherWay)
{
    for (const auto type : {ScalarType::boolean, ScalarType::int8, ScalarType::uint8, ScalarType::int16,
                            ScalarType::uint16, ScalarType::int32, ScalarType::uint32, ScalarType::int64,
                            ScalarType::uint64, ScalarType::float32, ScalarType::float64}) {
        SCOPED_TRACE(static_cast<int>(type));
        compare(pv::nt_scalar(type));
    }
    compare(pv::nt_enum());
}

TEST(PvaLayout, OtherStructuresHaveNone)
{
    EXPECT_FALSE(Layout::of(pv::nt_scalar(ScalarType::string), nullptr));
    EXPECT_FALSE(Layout::of(pv::nt_scalar_array(ScalarType::float64), nullptr));
    EXPECT_FALSE(Layout::of(pv::structure("", {{"value", pv::scalar(ScalarType::int32)}}), nullptr)) << "no alarm";
}

TEST(PvaLayout, ChangedPropertiesGoTheLongWay)
{
    const auto layout = Layout::of(pv::nt_scalar(ScalarType::float64), nullptr);
    pv::Structure update(layout->type());
    ASSERT_TRUE(update.set("value", 2.5).ok());
    ASSERT_TRUE(update.set("display.units", "mm").ok());
    const auto bytes = encoded(update, base::ByteOrder::little);
    base::Reader reader(bytes, base::ByteOrder::little);
    Number number;
    EXPECT_FALSE(layout->take(reader, number));
    EXPECT_EQ(number.bits, 0u) << "as it was";
    base::Reader again(bytes, base::ByteOrder::little);
    wire::pva::TypeCache types;
    const pv::Structure& read = layout->read(again, types);
    EXPECT_TRUE(layout->marks_properties(read));
    pv::Meta meta;
    meta.display = {1, 2};
    update_plain_meta(read, meta);
    EXPECT_EQ(meta.units, "mm");
    EXPECT_EQ(meta.display, (pv::Range{1, 2})) << "not marked";
}

TEST(PvaLayout, BytesThatAreNotEnoughChangeNothing)
{
    const auto layout = Layout::of(pv::nt_scalar(ScalarType::float64), nullptr);
    pv::Structure update(layout->type());
    ASSERT_TRUE(update.set("value", 2.5).ok());
    ASSERT_TRUE(update.set("alarm.severity", 2).ok());
    const auto bytes = encoded(update, base::ByteOrder::little);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        base::Reader reader({bytes.data(), size}, base::ByteOrder::little);
        Number number;
        EXPECT_FALSE(layout->take(reader, number)) << size;
        EXPECT_EQ(number.bits, 0u);
    }
}

TEST(PvaLayout, MessagesWithoutEndAreNotKept)
{
    const auto layout = Layout::of(pv::nt_scalar(ScalarType::float64), nullptr);
    pv::Structure update(layout->type());
    Number number;
    for (int i = 0; i < 70'000; ++i) {
        ASSERT_TRUE(update.set("alarm.message", std::to_string(i)).ok());
        layout->take(update, number);
    }
    EXPECT_EQ(number.message, 0u) << "the table is full";
    ASSERT_TRUE(update.set("alarm.message", "17").ok());
    layout->take(update, number);
    pv::Sample sample;
    layout->fill(number, sample);
    EXPECT_EQ(*sample.message, "17") << "what it has it keeps";
}

} // namespace
} // namespace iochron::client::pva
