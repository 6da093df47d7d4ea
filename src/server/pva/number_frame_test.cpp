#include "server/pva/number_frame.h"

#include "pv/normative.h"
#include "wire/hex.h"
#include "wire/pva/value.h"

#include <gtest/gtest.h>

namespace iochron::server::pva {
namespace {

/// What a client reads of the frame.
pv::Structure read(std::span<const std::byte> frame, pv::ScalarType type)
{
    pv::Structure value(pv::nt_scalar(type));
    base::Reader reader(frame.subspan(13), base::ByteOrder::little);
    wire::pva::TypeCache types;
    wire::pva::ValueReader(reader, types).marked(value);
    EXPECT_EQ(reader.u8(), 0u) << "nothing is overrun";
    EXPECT_TRUE(reader.ok() && reader.left() == 0);
    return value;
}

TEST(NumberFrameTest, SaysWhatTheSampleSays)
{
    NumberFrame frame;
    const pv::Meta meta;
    const std::string text = "too hot";
    pv::Sample sample;
    sample.meta = &meta;
    sample.time = {1'700'000'000'000'000'005};
    sample.user_tag = 7;
    for (const bool alarmed : {true, false, true}) { // nothing stays of the one before
        for (const auto& value :
             {pv::Value::of(2.5), pv::Value::of(std::int8_t{-3}), pv::Value::of(std::uint16_t{9})}) {
            sample.value = value;
            sample.alarm = alarmed ? pv::Alarm{pv::Severity::major, pv::AlarmStatus::hihi} : pv::Alarm{};
            sample.message = alarmed ? &text : nullptr;
            const pv::Structure got = read(frame.encode(sample), value.type());
            EXPECT_EQ(*got.find("value"), value);
            EXPECT_EQ(got.find("alarm.severity")->get<std::int32_t>(), alarmed ? 2 : 0);
            EXPECT_EQ(got.find("alarm.status")->get<std::int32_t>(), pv::normative_status(sample.alarm.status));
            EXPECT_EQ(got.find("alarm.message")->text(), alarmed ? "too hot" : "");
            EXPECT_EQ(got.find("timeStamp.secondsPastEpoch")->get<std::int64_t>(), 1'700'000'000);
            EXPECT_EQ(got.find("timeStamp.nanoseconds")->get<std::int32_t>(), 5);
            EXPECT_EQ(got.find("timeStamp.userTag")->get<std::int32_t>(), 7);
        }
    }
}

TEST(NumberFrameTest, TheUserTagMayComeFromTheNanoseconds)
{
    NumberFrame frame;
    pv::Meta meta;
    meta.time_tag_bits = 8;
    pv::Sample sample;
    sample.meta = &meta;
    sample.value = pv::Value::of(1.0);
    sample.time = {1'700'000'000'000'000'000 + 0x12345};
    sample.user_tag = 7;
    const pv::Structure got = read(frame.encode(sample), pv::ScalarType::float64);
    EXPECT_EQ(got.find("timeStamp.nanoseconds")->get<std::int32_t>(), 0x12300);
    EXPECT_EQ(got.find("timeStamp.userTag")->get<std::int32_t>(), 0x45);
}

TEST(NumberFrameTest, IsAMonitorsMessageWithoutId)
{
    NumberFrame frame;
    const pv::Meta meta;
    pv::Sample sample;
    sample.meta = &meta;
    sample.value = pv::Value::of(std::uint8_t{1});
    const auto bytes = frame.encode(sample);
    EXPECT_EQ(wire::to_hex(bytes.first(16)), wire::same("ca02400d 23000000 00000000 00 02ba03"));
    EXPECT_EQ(bytes.size(), 8u + 0x23);
}

TEST(NumberFrameTest, AMessageThatIsTooLongIsLeftToTheLongWay)
{
    NumberFrame frame;
    const pv::Meta meta;
    pv::Sample sample;
    sample.meta = &meta;
    sample.value = pv::Value::of(1.0);
    sample.alarm = {pv::Severity::minor, pv::AlarmStatus::state};
    const std::string fits(128, 'x');
    const std::string longer(129, 'x');
    sample.message = &fits;
    EXPECT_EQ(read(frame.encode(sample), pv::ScalarType::float64).find("alarm.message")->text(), fits);
    sample.message = &longer;
    EXPECT_TRUE(frame.encode(sample).empty());
}

} // namespace
} // namespace iochron::server::pva
