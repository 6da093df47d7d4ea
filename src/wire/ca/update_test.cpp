#include "wire/ca/update.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

#include <array>

namespace iochron::wire::ca {
namespace {

pv::Sample sample_of(pv::Value value)
{
    pv::Sample sample;
    sample.value = std::move(value);
    sample.time = {(std::int64_t{0x01020304} + base::epics_epoch_s) * 1'000'000'000 + 0x05060708};
    sample.alarm = {pv::Severity::major, pv::AlarmStatus::hihi};
    return sample;
}

std::vector<std::byte> waiting(const base::Output& output)
{
    std::array<std::span<const std::byte>, 2> pieces;
    return output.gather(pieces) == 0 ? std::vector<std::byte>{}
                                      : std::vector<std::byte>(pieces[0].begin(), pieces[0].end());
}

const std::array<pv::Value, 11> numbers = {
    pv::Value::of(true),
    pv::Value::of(std::int8_t{-2}),
    pv::Value::of(std::uint8_t{200}),
    pv::Value::of(std::int16_t{-300}),
    pv::Value::of(std::uint16_t{65535}),
    pv::Value::of(std::int32_t{-70000}),
    pv::Value::of(std::uint32_t{4'000'000'000}),
    pv::Value::of(std::int64_t{-5}),
    pv::Value::of(1.25f),
    pv::Value::of(-1.5),
    pv::Value::enumeration(3),
};

TEST(Update, OfTimeDouble)
{
    std::array<std::byte, scalar_update_bytes> frame;
    const pv::Sample sample = sample_of(pv::Value::of(1.0));
    ASSERT_TRUE(is_scalar_update(Dbr::time_double, 1, sample.value));
    ASSERT_EQ(scalar_update(frame.data(), Dbr::time_double, SubId{7}, sample), 40u);
    EXPECT_EQ(to_hex(frame), same(R"(
        0001 0018 0014 0001 00000001 00000007
        0003 0002 01020304 05060708 00000000 3ff0000000000000)"));
    patch_update_id(frame.data(), SubId{0xABCDEF01});
    EXPECT_EQ(next_message(frame).header.p2, 0xABCDEF01u);
}

// The fast way and the general one make the same bytes, whatever the type and the number; and both ways of reading
// agree on them.
TEST(Update, TheFastWayIsTheSameAsTheOther)
{
    int fast = 0;
    for (std::uint16_t number = 0; number <= static_cast<std::uint16_t>(Dbr::time_double); ++number) {
        const Dbr type{number};
        for (const pv::Value& value : numbers) {
            const pv::Sample sample = sample_of(value);
            base::BlockPool pool;
            base::Output quick(pool);
            base::Output slow(pool);
            EXPECT_EQ(encode_update(quick, type, 1, SubId{7}, sample), Eca::normal);
            EXPECT_EQ(encode(slow, {.type = type, .asked = 1, .p2 = 7}, sample), Eca::normal);
            const auto bytes = waiting(quick);
            EXPECT_EQ(to_hex(bytes), to_hex(waiting(slow))) << to_string(type) << " of " << to_string(value.type());
            fast += is_scalar_update(type, 1, value) ? 1 : 0;
            const Frame frame = next_message(bytes);
            const auto read = decode_update_value(type, 1, frame.payload);
            const auto read_slowly = decode_value(type, 1, frame.payload);
            ASSERT_TRUE(read && read_slowly);
            EXPECT_EQ(read->value, read_slowly->value);
            EXPECT_EQ(read->alarm, read_slowly->alarm);
            EXPECT_EQ(read->time, read_slowly->time);
        }
    }
    EXPECT_EQ(fast, 3 * 13) << "3 of a byte, 3 for each short and enum, 2 of 4 bytes, float, double, in three families";
}

TEST(Update, TheSlowWayIsTakenWhereItMustBe)
{
    base::BlockPool pool;
    base::Output output(pool);
    const pv::Sample sample = sample_of(pv::Value::of(1.0));
    EXPECT_EQ(encode_update(output, Dbr::double_, 1, SubId{7}, sample, Eca::nordaccess), Eca::nordaccess);
    EXPECT_EQ(to_hex(waiting(output)), same("0001 0008 0006 0001 00000170 00000007 0000000000000000"));
    EXPECT_FALSE(is_scalar_update(Dbr::double_, 2, sample.value));
    EXPECT_FALSE(is_scalar_update(Dbr::gr_double, 1, sample.value));
    EXPECT_FALSE(is_scalar_update(Dbr::string, 1, sample.value));
    EXPECT_FALSE(is_scalar_update(Dbr::double_, 1, pv::Value{}));
    EXPECT_TRUE(is_scalar_update(Dbr::double_, 0, sample.value)) << "what there is, is one";
}

TEST(Update, TruncatedOrOddPayloadsAreFaultsNotValues)
{
    const auto payload = from_hex("0003 0002 01020304 05060708 00000000 3ff0000000000000");
    for (std::size_t n = 0; n < payload.size(); ++n) {
        const auto cut = decode_update_value(Dbr::time_double, 1, std::span(payload).first(n));
        ASSERT_FALSE(cut) << n;
        EXPECT_LE(cut.error().offset, n);
    }
    EXPECT_FALSE(decode_update_value(Dbr{39}, 1, payload));
    EXPECT_FALSE(decode_update_value(Dbr{0xFFFF}, 1, payload));
    EXPECT_EQ(decode_update_value(Dbr::sts_double, 1, from_hex("00ff 0002 00000000 3ff0000000000000"))->alarm.status,
              pv::AlarmStatus::udf);
}

TEST(Update, AsAnArrayWhereTheChannelIsOne)
{
    const auto payload = from_hex("3ff0000000000000");
    const auto sample = decode_update_value(Dbr::double_, 1, payload, Shape::array);
    ASSERT_TRUE(sample);
    EXPECT_TRUE(sample->value.is_array());
}

} // namespace
} // namespace iochron::wire::ca
