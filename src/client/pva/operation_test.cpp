#include "client/pva/operation.h"

#include "pv/structure.h"

#include <gtest/gtest.h>

using namespace iochron;
using namespace iochron::client::pva;

namespace {

std::string option(const pv::Value& request, std::string_view name)
{
    const pv::Value* const value = request.structure()->find("record._options." + std::string(name));
    return value != nullptr ? std::string(value->text()) : "none";
}

} // namespace

TEST(PvRequestOfOperation, AddsWhatAPutWants)
{
    EXPECT_TRUE(request_of("")->empty());
    const auto put = request_of("field(value)record[block=false]", {.block = true, .processing = pv::Processing::no});
    ASSERT_TRUE(put);
    EXPECT_EQ(option(*put, "block"), "true");
    EXPECT_EQ(option(*put, "process"), "false");
    EXPECT_TRUE(put->structure()->type()->find("field.value"));
    EXPECT_EQ(option(*request_of("", {.processing = pv::Processing::yes}), "process"), "true");
}

TEST(PvRequestOfOperation, SaysWhereItMakesNoSense)
{
    const auto wrong = request_of("field(value,");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().text, "the pvRequest \"field(value,\", at byte 12: a name is expected");
}

TEST(PvRequestOfOperation, GrantsWhatAPipelineAsksFor)
{
    const auto pipeline = [](std::string_view text) { return pipeline_of(*request_of(text)); };
    EXPECT_EQ(pipeline("field(value)").window, 0u);
    EXPECT_EQ(pipeline("record[pipeline=false,queueSize=9]").window, 0u);
    EXPECT_EQ(pipeline("record[pipeline=true,queueSize=10]").window, 10u);
    EXPECT_EQ(pipeline("record[pipeline=true,queueSize=10]").grant_at, 5u);
    EXPECT_EQ(pipeline("record[pipeline=true]").window, 4u);
    EXPECT_EQ(pipeline("record[pipeline=true,queueSize=10,ackAny=3]").grant_at, 3u);
    EXPECT_EQ(pipeline("record[pipeline=true,queueSize=10,ackAny=20%]").grant_at, 2u);
    EXPECT_EQ(pipeline("record[pipeline=true,queueSize=10,ackAny=99]").grant_at, 10u);
}

TEST(PvRequestOfOperation, RefusesAPipelineOfOne)
{
    EXPECT_FALSE(request_of("record[pipeline=true,queueSize=1]"));
    EXPECT_FALSE(request_of("record[pipeline=true,queueSize=many]"));
    EXPECT_TRUE(request_of("record[queueSize=1]"));
}
