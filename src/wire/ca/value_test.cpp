#include "wire/ca/value.h"

#include "wire/ca/hex.h"
#include "wire/ca/read.h"
#include "wire/ca/write.h"

#include <gtest/gtest.h>

#include <array>

namespace iochron::wire::ca {
namespace {

/// All that waits in an Output.
std::vector<std::byte> waiting(const base::Output& output)
{
    std::array<std::span<const std::byte>, 8> pieces;
    std::vector<std::byte> all;
    for (std::size_t i = 0, n = output.gather(pieces); i < n; ++i) {
        all.insert(all.end(), pieces[i].begin(), pieces[i].end());
    }
    return all;
}

class ValueMessages : public testing::Test {
  protected:
    template <class T>
    static pv::Value array_of(std::initializer_list<T> numbers)
    {
        return pv::Value::array_of(std::span<const T>(numbers.begin(), numbers.size()));
    }

    static pv::Sample sample_of(pv::Value value)
    {
        pv::Sample sample;
        sample.value = std::move(value);
        return sample;
    }

    base::BlockPool pool_;
    base::Output output_{pool_};
};

TEST_F(ValueMessages, AnAnswerHasTheCountThatWasAskedFor)
{
    const ValueMessage message{.command = Command::read_notify, .type = Dbr::long_, .asked = 3, .p2 = 9};
    EXPECT_EQ(encode(output_, message, sample_of(array_of<std::int32_t>({1, 2}))), Eca::normal);
    EXPECT_EQ(to_hex(waiting(output_)), same(R"(
        000f 0010 0005 0003 00000001 00000009
        00000001 00000002 00000000 00000000)"));
}

TEST_F(ValueMessages, StsackStringTellsTheAcknowledgement)
{
    pv::Sample sample = sample_of(pv::Value::of(std::string_view("on")));
    sample.alarm = {pv::Severity::minor, pv::AlarmStatus::high};
    sample.acknowledgement = {pv::Severity::major, false};
    EXPECT_EQ(encode(output_, {.type = Dbr::stsack_string, .asked = 1, .p2 = 9}, sample), Eca::normal);
    const auto frame = waiting(output_);
    const std::string text = to_hex(frame);
    EXPECT_NE(text.find(to_hex(from_hex("0004 0001 0000 0002 6f6e 0000"))), std::string::npos) << text;
    const auto read = decode_value(Dbr::stsack_string, 1, std::span<const std::byte>(frame).subspan(16));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->acknowledgement, sample.acknowledgement);
}

TEST_F(ValueMessages, AskedForZeroItHasWhatThereIs)
{
    const ValueMessage message{.type = Dbr::time_long, .asked = 0, .p2 = 9};
    EXPECT_EQ(encode(output_, message, sample_of(array_of<std::int32_t>({1, 2}))), Eca::normal);
    EXPECT_EQ(encode(output_, message, sample_of(array_of<std::int32_t>({}))), Eca::normal);
    EXPECT_EQ(to_hex(waiting(output_)), same(R"(
        0001 0018 0013 0002 00000001 00000009
        0000 0000 00000000 00000000 00000001 00000002 00000000
        0001 0010 0013 0000 00000001 00000009
        0000 0000 00000000 00000000 00000000)"));
}

TEST_F(ValueMessages, AFailureIsZerosWithItsCode)
{
    const pv::Sample text = sample_of(pv::Value::of(std::string_view("on")));
    EXPECT_EQ(encode(output_, {.type = Dbr::sts_double, .asked = 1, .p2 = 9}, text), Eca::getfail);
    EXPECT_EQ(encode(output_, {.type = Dbr::sts_double, .asked = 0, .p2 = 9}, text), Eca::getfail);
    EXPECT_EQ(encode(output_, {.type = Dbr::double_, .asked = 2, .p2 = 9}, text, Eca::nordaccess), Eca::nordaccess);
    EXPECT_EQ(encode(output_, {.type = Dbr::put_ackt, .asked = 1, .p2 = 9}, text), Eca::getfail);
    EXPECT_EQ(to_hex(waiting(output_)), same(R"(
        0001 0010 000d 0001 00000098 00000009  0000000000000000 0000000000000000
        0001 0008 000d 0000 00000098 00000009  0000000000000000
        0001 0010 0006 0002 00000170 00000009  0000000000000000 0000000000000000
        0001 0008 0023 0001 00000098 00000009  0000000000000000)"));
}

TEST_F(ValueMessages, AHostileCountIsRefusedAndNothingIsSent)
{
    const pv::Sample one = sample_of(pv::Value::of(1.0));
    EXPECT_EQ(encode(output_, {.type = Dbr::double_, .asked = 0x2000'0001}, one), Eca::tolarge);
    EXPECT_EQ(encode(output_, {.type = Dbr::double_, .asked = 1000}, one, Eca::normal, 4096), Eca::tolarge);
    EXPECT_EQ(encode_read_reply(output_, Dbr::string, 0xFFFF'FFFF, {}, {}, one).outcome, pv::Outcome::too_large);
    EXPECT_TRUE(output_.empty());
}

TEST_F(ValueMessages, LargeOnesAreExtended)
{
    const ValueMessage message{.type = Dbr::char_, .asked = 70'000, .p2 = 9};
    EXPECT_EQ(encode(output_, message, sample_of(array_of<std::int8_t>({5}))), Eca::normal);
    const auto bytes = waiting(output_);
    EXPECT_EQ(bytes.size(), 24 + 70'000u);
    const Frame frame = next_message(bytes);
    ASSERT_EQ(frame.kind, Frame::Kind::message);
    EXPECT_EQ(frame.header.count, 70'000u);
    EXPECT_EQ(decode_value(Dbr::char_, 70'000, frame.payload)->value.elements<std::uint8_t>()[0], 5);
}

TEST_F(ValueMessages, AHeadAndItsElementsAreTheWholeMessage)
{
    std::vector<double> numbers(2000, 1.5);
    numbers[1999] = -7;
    const pv::Sample sample = sample_of(pv::Value::array_of(std::span<const double>(numbers)));
    for (const Dbr type : {Dbr::double_, Dbr::time_double, Dbr::time_char, Dbr::ctrl_short, Dbr::sts_string}) {
        const ValueMessage message{.type = type, .asked = 2000, .p2 = 9};
        base::Output whole(pool_);
        encode(whole, message, sample);
        std::vector<std::byte> head(head_bytes(type, 2000));
        EXPECT_EQ(encode_head(head, message, 2000, sample), head.size());
        const auto elements = share_elements(type, 2000, sample.value, nullptr);
        base::Output parts(pool_);
        parts.append(head);
        parts.share(elements->bytes, elements->owner);
        EXPECT_EQ(waiting(parts), waiting(whole)) << to_string(type);
    }
}

TEST_F(ValueMessages, TheDeprecatedReadCutsATextAndKnowsNoAutosize)
{
    const pv::Sample text = sample_of(pv::Value::of(std::string_view("-12.35")));
    EXPECT_TRUE(encode_read_reply(output_, Dbr::string, 1, Cid{1}, Ioid{9}, text).ok());
    EXPECT_TRUE(encode_read_reply(output_, Dbr::double_, 0, Cid{1}, Ioid{9}, text).ok());
    EXPECT_EQ(encode_read_reply(output_, Dbr::put_acks, 1, Cid{1}, Ioid{9}, text).outcome, pv::Outcome::get_failed);
    EXPECT_EQ(to_hex(waiting(output_)), same(R"(
        0003 0008 0000 0001 00000001 00000009 2d31322e33350000
        0003 0000 0006 0000 00000001 00000009)"));
}

TEST_F(ValueMessages, AWriteOfATextIsShortAndOfTextsIsNot)
{
    const std::array<std::string, 2> texts = {"a", "b"};
    EXPECT_TRUE(
        encode_write(output_, Command::write, Dbr::string, Sid{3}, 5, pv::Value::of(std::string_view("on"))).ok());
    EXPECT_TRUE(
        encode_write(output_, Command::write_notify, Dbr::string, Sid{3}, 6, pv::Value::string_array(texts)).ok());
    const auto bytes = waiting(output_);
    EXPECT_EQ(to_hex(std::span(bytes).first(24)), same("0004 0008 0000 0001 00000003 00000005 6f6e000000000000"));
    const Frame second = next_message(std::span(bytes).subspan(24));
    EXPECT_EQ(second.header.size, 80u);
    EXPECT_EQ(decode_written(Dbr::string, 2, second.payload)->text_at(1), "b");
}

TEST_F(ValueMessages, AWriteConvertsOrRefuses)
{
    EXPECT_TRUE(encode_write(output_, Command::write, Dbr::short_, Sid{3}, 5, pv::Value::of(7.9)).ok());
    EXPECT_TRUE(encode_write(output_, Command::write, Dbr::double_, Sid{3}, 5, array_of<double>({})).ok());
    const std::string long_text(40, 'x');
    EXPECT_EQ(encode_write(output_, Command::write, Dbr::string, Sid{3}, 5, pv::Value::of(std::string_view(long_text)))
                  .outcome,
              pv::Outcome::too_large);
    EXPECT_EQ(
        encode_write(output_, Command::write, Dbr::long_, Sid{3}, 5, pv::Value::of(std::string_view("on"))).outcome,
        pv::Outcome::no_conversion);
    EXPECT_EQ(encode_write(output_, Command::write, Dbr::time_long, Sid{3}, 5, pv::Value::of(1)).outcome,
              pv::Outcome::bad_type);
    EXPECT_EQ(to_hex(waiting(output_)), same(R"(
        0004 0008 0001 0001 00000003 00000005 0007000000000000
        0004 0000 0006 0000 00000003 00000005)"));
}

TEST(DecodeWritten, TakesShortAndUnterminatedTexts)
{
    EXPECT_EQ(decode_written(Dbr::string, 1, from_hex("6f6e000000000000"))->text(), "on");
    EXPECT_EQ(decode_written(Dbr::string, 1, from_hex("6f6e6f6e6f6e6f6e"))->text(), "onononon");
    EXPECT_EQ(decode_written(Dbr::string, 1, std::vector<std::byte>(40, std::byte{'x'}))->text().size(), 39u);
    EXPECT_FALSE(decode_written(Dbr::string, 1, {}));
    EXPECT_FALSE(decode_written(Dbr::string, 2, std::vector<std::byte>(48)));
}

TEST(DecodeWritten, TakesTheValuePartOfLargerTypes)
{
    const auto payload = from_hex("0000 0000 11111111 22222222 00000000 3ff0000000000000");
    EXPECT_EQ(decode_written(Dbr::time_double, 1, payload), pv::Value::of(1.0));
    EXPECT_EQ(decode_written(Dbr::put_acks, 1, from_hex("0002000000000000")), pv::Value::enumeration(2));
    const auto cut = decode_written(Dbr::time_double, 2, payload);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().offset, 24u);
    EXPECT_EQ(decode_written(Dbr::time_double, 1, std::span(payload).first(15)).error().offset, 15u);
}

TEST(DecodeWritten, RefusesWhatCannotBeWritten)
{
    EXPECT_FALSE(decode_written(Dbr::class_name, 1, std::vector<std::byte>(40)));
    EXPECT_FALSE(decode_written(Dbr::stsack_string, 1, std::vector<std::byte>(48)));
    EXPECT_FALSE(decode_written(Dbr{39}, 1, std::vector<std::byte>(48)));
    EXPECT_EQ(decode_written(Dbr::double_, 0, {})->count(), 0u);
}

TEST(DecodeValue, AnUnknownAlarmIsTheWorst)
{
    const auto sample = decode_value(Dbr::sts_short, 1, from_hex("00ff 00ff 0001 0000"));
    ASSERT_TRUE(sample);
    EXPECT_EQ(sample->alarm.severity, pv::Severity::invalid);
    EXPECT_EQ(sample->alarm.status, pv::AlarmStatus::udf);
}

TEST(DecodeValue, ReadsChoices)
{
    std::vector<std::byte> payload(424);
    payload[5] = std::byte{2};
    payload[6] = std::byte{'a'};
    std::fill_n(payload.begin() + 32, 26, std::byte{'b'});
    payload[423] = std::byte{1};
    pv::Meta meta;
    const auto sample = decode_value(Dbr::gr_enum, 1, payload, Shape::by_count, &meta);
    ASSERT_TRUE(sample);
    EXPECT_EQ(sample->value, pv::Value::enumeration(1));
    EXPECT_EQ(meta.choices, (std::vector<std::string>{"a", std::string(26, 'b')})) << "a choice may fill its place";
    payload[5] = std::byte{200};
    ASSERT_TRUE(decode_value(Dbr::gr_enum, 1, payload, Shape::by_count, &meta));
    EXPECT_EQ(meta.choices.size(), 16u);
}

} // namespace
} // namespace iochron::wire::ca
