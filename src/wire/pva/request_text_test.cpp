#include "wire/pva/request_text.h"

#include "wire/hex.h"
#include "wire/pva/value.h"

#include <gtest/gtest.h>

#include <string>

namespace iochron::wire::pva {
namespace {

/// The request as an INIT carries it, little-endian; or where the fault is, and what.
std::string bytes(std::string_view text)
{
    const auto request = parse_request(text);
    if (!request) {
        return std::to_string(request.error().offset) + ": " + request.error().what;
    }
    std::vector<std::byte> out;
    Encoder encoder(out, base::ByteOrder::little);
    write_typed(encoder, pv::Value::of(*request));
    return to_hex(out);
}

/// All paths that the request has, in order.
std::string paths(std::string_view text)
{
    const auto request = parse_request(text);
    std::string all;
    for (std::uint32_t i = 1; request && i < request->type()->fields().size(); ++i) {
        all += request->type()->path(i) + " ";
    }
    return all;
}

TEST(PvaRequestTextTest, MakesTheBytesThatPvxsSends)
{
    EXPECT_EQ(bytes("field()"), same("80 00 01 05 6669656c64 80 00 00"));
    EXPECT_EQ(bytes("field(value)"), same("80 00 01 05 6669656c64 80 00 01 05 76616c7565 80 00 00"));
    EXPECT_EQ(bytes("field(value)record[pipeline=true,queueSize=4]"),
              same("80 00 02 05 6669656c64 80 00 01 05 76616c7565 80 00 00"
                   "06 7265636f7264 80 00 01 08 5f6f7074696f6e73 80 00 02"
                   "08 706970656c696e65 60 09 717565756553697a65 60 04 74727565 01 34"));
    EXPECT_EQ(bytes(""), same("80 00 00"));
}

TEST(PvaRequestTextTest, FormsThatMeanTheSame)
{
    const std::string two = paths("field(value,alarm)");
    EXPECT_EQ(two, "field field.value field.alarm ");
    EXPECT_EQ(paths("value,alarm"), two);
    EXPECT_EQ(paths("value field(alarm)"), two);
    EXPECT_EQ(paths(" field ( value , alarm ) "), two);
    EXPECT_EQ(paths("field(a{b,c})"), paths("field(a.b,a.c)"));
    EXPECT_EQ(paths("record[process=true]field(value)"),
              "field field.value record record._options record._options.process ");
    EXPECT_EQ(paths("putField(value)getField(alarm)"), "putField putField.value getField getField.alarm ");
}

TEST(PvaRequestTextTest, AFieldThatIsNamedWholeStaysWhole)
{
    EXPECT_EQ(paths("field(alarm,alarm.severity)"), "field field.alarm ");
    EXPECT_EQ(paths("field(alarm.severity,alarm)"), "field field.alarm ");
}

TEST(PvaRequestTextTest, TheLastOfEqualOptionsCounts)
{
    const auto request = parse_request("record[queueSize=4, queueSize= 10 ]");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->find("record._options.queueSize")->text(), "10");
}

TEST(PvaRequestTextTest, WhatMakesNoSenseIsToldWithItsPlace)
{
    EXPECT_EQ(bytes("field(value"), "11: a comma or ')' is expected");
    EXPECT_EQ(bytes("field(,)"), "6: a name is expected");
    EXPECT_EQ(bytes("field(value)%"), "12: a name is expected");
    EXPECT_EQ(bytes("record[pipeline]"), "15: an option needs '=' and a value");
    EXPECT_EQ(bytes("record[a=1"), "10: a comma or ']' is expected");
    EXPECT_EQ(bytes("field(value[array=0:3])"), "12: options of a single field are not supported");
    std::string deep = "a";
    for (std::size_t i = 0; i < most_request_levels; ++i) {
        deep += ".a";
    }
    EXPECT_TRUE(bytes(deep).ends_with("too many fields inside one another"));
    EXPECT_TRUE(bytes(std::string(most_request_text_bytes + 1, ' ')).ends_with("the pvRequest is too long"));
}

} // namespace
} // namespace iochron::wire::pva
