#include "wire/pva/type.h"

#include "pv/normative.h"
#include "wire/hex.h"

#include <gtest/gtest.h>

namespace iochron::wire::pva {
namespace {

std::vector<std::byte> described(const pv::TypeRef& type, base::ByteOrder order = base::ByteOrder::little)
{
    std::vector<std::byte> bytes;
    Encoder encoder(bytes, order);
    write(encoder, type);
    return bytes;
}

TEST(PvaType, TheSameDescriptionAgainIsTheSameType)
{
    TypeCache types;
    const auto scalar = described(pv::nt_scalar(pv::ScalarType::float64));
    const auto other = described(pv::nt_enum());
    base::Reader first(scalar, base::ByteOrder::little);
    const pv::TypeRef type = types.read(first);
    ASSERT_TRUE(type);
    std::vector<std::byte> more = scalar;
    more.push_back(std::byte{7});
    base::Reader again(more, base::ByteOrder::little);
    EXPECT_EQ(types.read(again), type) << "not made once more";
    EXPECT_EQ(again.u8(), 7u) << "and all of it was read";
    base::Reader different(other, base::ByteOrder::little);
    EXPECT_EQ(*types.read(different), *pv::nt_enum());
    base::Reader cut(std::span<const std::byte>(other).first(other.size() - 1), base::ByteOrder::little);
    EXPECT_EQ(types.read(cut), nullptr);
    EXPECT_FALSE(cut.ok());
}

TEST(PvaType, AReferenceMeansWhatWasDefinedLast)
{
    TypeCache types;
    const auto read = [&](const char* hex) {
        const auto bytes = from_hex(hex);
        base::Reader reader(bytes, base::ByteOrder::little);
        return types.read(reader);
    };
    ASSERT_EQ(read("fd 0100 80 00 01 0161 22")->members()[0].type->scalar(), pv::ScalarType::int32);
    EXPECT_EQ(read("fe 0100")->members()[0].type->scalar(), pv::ScalarType::int32);
    ASSERT_EQ(read("fd 0100 80 00 01 0161 43")->members()[0].type->scalar(), pv::ScalarType::float64);
    EXPECT_EQ(read("fe 0100")->members()[0].type->scalar(), pv::ScalarType::float64) << "the same bytes as before";
}

TEST(PvaType, AWriterWritesWhatWriteWrites)
{
    std::vector<std::byte> bytes;
    Encoder encoder(bytes, base::ByteOrder::big);
    TypeWriter writer(base::ByteOrder::big);
    std::vector<std::byte> expected;
    Encoder plain(expected, base::ByteOrder::big);
    const pv::TypeRef scalar = pv::nt_scalar(pv::ScalarType::int8);
    for (const pv::TypeRef& type : {scalar, scalar, pv::TypeRef{}, scalar, pv::nt_enum()}) {
        writer.write(encoder, type);
        write(plain, type);
    }
    EXPECT_EQ(to_hex(bytes), to_hex(expected));
}

} // namespace
} // namespace iochron::wire::pva
