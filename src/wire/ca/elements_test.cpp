#include "wire/ca/elements.h"

#include "wire/ca/hex.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace iochron::wire::ca {
namespace {

template <class T>
pv::Value array_of(std::initializer_list<T> numbers)
{
    return pv::Value::array_of(std::span<const T>(numbers.begin(), numbers.size()));
}

std::string written(Dbr type, std::uint32_t count, const pv::Value& value, const pv::Meta* meta = nullptr)
{
    std::vector<std::byte> bytes(count * element_bytes(type));
    base::Writer writer(bytes);
    const pv::Status status = write_elements(writer, type, count, value, meta);
    EXPECT_TRUE(writer.ok() && writer.left() == 0);
    return status.ok() ? to_hex(bytes) : "failed " + to_hex(bytes);
}

TEST(Elements, EveryLengthIsSwappedWhole)
{
    for (const std::size_t element : {1u, 2u, 4u, 8u}) {
        for (std::size_t count = 0; count < 20; ++count) {
            std::vector<std::byte> from(count * element + 1);
            for (std::size_t i = 0; i < from.size(); ++i) {
                from[i] = static_cast<std::byte>(i + 1);
            }
            std::vector<std::byte> to(count * element + 1, std::byte{0xEE});
            swap_elements(to.data(), std::span(from).first(count * element), element);
            for (std::size_t i = 0; i < count * element; ++i) {
                const std::size_t mirrored = i / element * element + (element - 1 - i % element);
                EXPECT_EQ(to[i], from[base::native_order == base::ByteOrder::big ? i : mirrored]);
            }
            EXPECT_EQ(to.back(), std::byte{0xEE}) << "nothing beyond the end is touched";
        }
    }
}

TEST(Elements, ZerosFollowThoseThatThereAre)
{
    EXPECT_EQ(written(Dbr::short_, 4, array_of<std::int16_t>({1, -2})), same("0001 fffe 0000 0000"));
    EXPECT_EQ(written(Dbr::short_, 1, array_of<std::int16_t>({1, -2})), same("0001"));
    EXPECT_EQ(written(Dbr::long_, 2, pv::Value::of(7)), same("00000007 00000000"));
    EXPECT_EQ(written(Dbr::double_, 1, array_of<double>({})), same("0000000000000000"));
    EXPECT_EQ(written(Dbr::double_, 0, array_of<double>({1})), "");
}

TEST(Elements, AreConverted)
{
    EXPECT_EQ(written(Dbr::short_, 2, array_of<double>({1.9, -70000})), same("0001 ee90"));
    EXPECT_EQ(written(Dbr::char_, 2, array_of<std::int8_t>({-1, 2})), same("ff02"));
    EXPECT_EQ(written(Dbr::double_, 1, pv::Value::of(std::uint32_t{3'000'000'000})), same("41e65a0bc0000000"));
    EXPECT_EQ(written(Dbr::string, 2, array_of<std::int8_t>({65, 66})).substr(0, 9), same("3635 0000"))
        << "characters read as text are numbers, as in EPICS";
}

TEST(Elements, WhatCannotBeConvertedIsZeroAndSaysSo)
{
    EXPECT_EQ(written(Dbr::long_, 1, pv::Value::of(std::string_view("on"))), "failed 0000 0000");
    EXPECT_EQ(written(Dbr::long_, 1, pv::Value{}), "failed 0000 0000");
}

TEST(Elements, TextIsCutToThirtyNineCharacters)
{
    const std::string text(50, 'x');
    const std::string hex = written(Dbr::string, 1, pv::Value::of(std::string_view(text)));
    EXPECT_EQ(hex.substr(hex.size() - 4), "7800");
}

TEST(SharedElements, AreMadeOnceWithTheirPadding)
{
    const auto shared = share_elements(Dbr::time_short, 3, array_of<std::int16_t>({1, 2, 3}), nullptr);
    ASSERT_TRUE(shared);
    // 14 bytes of block, 6 of elements: 4 bytes of padding make 24.
    EXPECT_EQ(to_hex(shared->bytes), same("0001 0002 0003 0000 0000"));
    EXPECT_FALSE(share_elements(Dbr::long_, 1, pv::Value::of(std::string_view("on")), nullptr));
}

TEST(ReadElements, GivesScalarsAndArrays)
{
    const auto bytes = from_hex("0001 0002 0003 0004");
    EXPECT_EQ(read_elements(Dbr::short_, 1, bytes, Shape::by_count), pv::Value::of(std::int16_t{1}));
    EXPECT_EQ(read_elements(Dbr::short_, 1, bytes, Shape::array), array_of<std::int16_t>({1}));
    EXPECT_EQ(read_elements(Dbr::short_, 3, bytes, Shape::by_count), array_of<std::int16_t>({1, 2, 3}));
    EXPECT_EQ(read_elements(Dbr::enum_, 1, bytes, Shape::by_count), pv::Value::enumeration(1));
    EXPECT_EQ(read_elements(Dbr::long_, 0, bytes, Shape::by_count)->count(), 0u);
}

TEST(ReadElements, ACountBeyondThePayloadIsAFault)
{
    const auto bytes = from_hex("0001 0002 0003 0004");
    const auto over = read_elements(Dbr::short_, 5, bytes, Shape::by_count);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().offset, 8u);
    EXPECT_EQ(over.error().what, "5 elements need 10 bytes, 8 follow");
    EXPECT_FALSE(read_elements(Dbr::double_, 0x2000'0001, bytes, Shape::by_count)) << "32 bits would wrap to 8";
}

TEST(ReadElements, TextEndsAtItsNulOrAtThirtyNineCharacters)
{
    std::vector<std::byte> bytes(80, std::byte{'x'});
    bytes[2] = std::byte{0};
    const auto texts = read_elements(Dbr::string, 2, bytes, Shape::by_count);
    ASSERT_TRUE(texts);
    EXPECT_EQ(texts->text_at(0), "xx");
    EXPECT_EQ(texts->text_at(1), std::string(39, 'x'));
}

} // namespace
} // namespace iochron::wire::ca
