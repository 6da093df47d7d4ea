#include "wire/ca/dbr.h"

#include "wire/ca/header.h"

#include <gtest/gtest.h>

namespace iochron::wire::ca {
namespace {

// The sizes that the structs of EPICS' db_access.h have with one element.
constexpr std::array<std::size_t, dbr_count> size_of_one = {40, 2,  4,  2,   1,  4,  8,  //
                                                            44, 6,  8,  6,   6,  8,  16, //
                                                            52, 16, 16, 16,  16, 16, 24, //
                                                            44, 26, 44, 424, 20, 40, 72, //
                                                            44, 30, 52, 424, 22, 48, 88, //
                                                            2,  2,  48, 40};

TEST(Dbr, SizesAreThoseOfTheStructs)
{
    for (std::uint16_t i = 0; i < dbr_count; ++i) {
        EXPECT_EQ(dbr_bytes(Dbr{i}, 1), size_of_one[i]) << to_string(Dbr{i});
    }
    EXPECT_EQ(padded(dbr_bytes(Dbr::time_string, 1)), 56u);
    EXPECT_EQ(padded(dbr_bytes(Dbr::ctrl_float, 1)), 56u);
    EXPECT_EQ(dbr_bytes(Dbr::time_char, 0), 15u);
    EXPECT_EQ(dbr_bytes(Dbr::double_, 0x2000'0001), 0x1'0000'0008ull) << "where rsrv's 32 bits wrap to 8";
}

TEST(Dbr, FamiliesAreSevenApart)
{
    EXPECT_EQ(dbr_of(Family::time, Dbr::double_), Dbr::time_double);
    EXPECT_EQ(dbr_of(Family::ctrl, Dbr::string), Dbr{28});
    for (std::uint16_t i = 0; i < 35; ++i) {
        EXPECT_EQ(dbr_of(family(Dbr{i}), native(Dbr{i})), Dbr{i});
    }
    EXPECT_EQ(family(Dbr::class_name), Family::special);
    EXPECT_EQ(native(Dbr::stsack_string), Dbr::string);
    EXPECT_EQ(native(Dbr::put_acks), Dbr::enum_);
    EXPECT_TRUE(is_valid(Dbr{38}));
    EXPECT_FALSE(is_valid(Dbr{39}));
}

TEST(Dbr, FieldsWidenAsTheDatabaseDoesIt)
{
    EXPECT_EQ(dbr_of(pv::ScalarType::uint8), Dbr::char_);
    EXPECT_EQ(dbr_of(pv::ScalarType::uint16), Dbr::long_);
    EXPECT_EQ(dbr_of(pv::ScalarType::uint32), Dbr::double_);
    EXPECT_EQ(dbr_of(pv::ScalarType::int64), Dbr::double_);
    EXPECT_EQ(dbr_of(pv::ScalarType::enumeration), Dbr::enum_);
    EXPECT_EQ(dbr_of(pv::ScalarType::structure), std::nullopt);
    EXPECT_EQ(scalar_type(Dbr::time_long), pv::ScalarType::int32);
    EXPECT_EQ(scalar_type(Dbr::class_name), pv::ScalarType::string);
}

TEST(Dbr, IsKnownByName)
{
    for (std::uint16_t i = 0; i < dbr_count; ++i) {
        EXPECT_EQ(dbr_from_name(to_string(Dbr{i})), Dbr{i});
    }
    EXPECT_EQ(dbr_from_name("time_double"), Dbr::time_double);
    EXPECT_EQ(dbr_from_name("DBR_STS_INT"), Dbr::sts_short);
    EXPECT_EQ(dbr_from_name("INT"), Dbr::short_);
    EXPECT_EQ(dbr_from_name("DBR_"), std::nullopt);
    EXPECT_EQ(dbr_from_name("TIME_INT64"), std::nullopt);
    EXPECT_EQ(to_string(Dbr{39}), "");
}

} // namespace
} // namespace iochron::wire::ca
