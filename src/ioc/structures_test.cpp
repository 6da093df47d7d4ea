// A client's operations on whole structures, against our own IOC in this process.
#include "client/context.h"
#include "ioc/ioc.h"
#include "pv/normative.h"

#include <gtest/gtest.h>

#include <mutex>

namespace iochron {
namespace {

using namespace std::chrono_literals;

struct Structures : testing::Test {
    Structures()
    {
        ioc.load_text(R"(record(ao, "AO") { field(VAL, "2") field(EGU, "mm") field(PINI, "YES") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") })",
                      "test.db", "");
        ioc.start();
    }
    client::StructureOptions here(std::string request = {})
    {
        return {.request = std::move(request), .server = server()};
    }
    base::Endpoint server() { return {base::ipv4_loopback, ioc.pva_port()}; }
    client::ContextSettings alone()
    {
        client::ContextSettings settings;
        settings.pva.auto_address_list = false;
        settings.ca.auto_address_list = false;
        settings.ca.repeater_port = 9;
        settings.log = &log;
        return settings;
    }

    base::SilentLog log;
    Ioc ioc{{.environment = {{"EPICS_PVAS_SERVER_PORT", "0"},
                             {"EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1"},
                             {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "NO"}},
             .log = std::make_shared<base::SilentLog>(),
             .serve_ca = false}};
    client::Context context{alone()};
};

double value_of(const pv::Structure& structure)
{
    return structure.find("value")->as_double();
}

} // namespace

TEST_F(Structures, AGetGivesWhatIsAskedFor)
{
    const auto whole = context.get_structure("AO", here());
    ASSERT_TRUE(whole) << whole.error().text;
    EXPECT_EQ(whole->type()->id(), "epics:nt/NTScalar:1.0");
    EXPECT_EQ(value_of(*whole), 2);
    EXPECT_EQ(whole->find("display.units")->text(), "mm");
    const auto part = context.get_structure("pva://AO", here("field(value)"));
    ASSERT_TRUE(part);
    EXPECT_TRUE(part->is_marked(*part->type()->find("value")));
    EXPECT_FALSE(part->is_marked(*part->type()->find("alarm")));
}

TEST_F(Structures, APutWritesWhatIsMarked)
{
    pv::Structure put(pv::nt_scalar(pv::ScalarType::float64));
    ASSERT_TRUE(put.set("value", 7.5).ok());
    const pv::Status done =
        context.put("pva://AO", pv::Value::of(put), {.wait = true, .request = "field(value)", .server = server()});
    EXPECT_TRUE(done.ok()) << done.text;
    EXPECT_EQ(value_of(*context.get_structure("AO", here())), 7.5);
}

TEST_F(Structures, ThePutOfAChoiceByItsText)
{
    const auto put = [&](std::string_view text) {
        return context.put("pva://BO", pv::Value::of(text), {.server = server()});
    };
    EXPECT_TRUE(put("Open").ok());
    EXPECT_EQ(context.get_structure("BO", here())->find("value.index")->as_double(), 1);
    EXPECT_FALSE(put("Ajar").ok());
}

TEST_F(Structures, ProcessingIsAsTheOptionSays)
{
    const auto count = [&] { return value_of(*context.get_structure("COUNT", here())); };
    EXPECT_TRUE(context.process("COUNT", here()).ok());
    EXPECT_EQ(count(), 1);
    const auto write = [&](pv::Processing processing) {
        return context.put("pva://COUNT.DESC", pv::Value::of(std::string_view("x")),
                           {.wait = true, .processing = processing, .server = server()});
    };
    EXPECT_TRUE(write(pv::Processing::passive).ok());
    EXPECT_EQ(count(), 1);
    EXPECT_TRUE(write(pv::Processing::yes).ok());
    EXPECT_EQ(count(), 2);
}

TEST_F(Structures, APutGetGivesWhatHasBecomeOfIt)
{
    pv::Structure put(pv::nt_scalar(pv::ScalarType::float64));
    ASSERT_TRUE(put.set("value", 9.0).ok());
    const auto back = context.put_get("AO", put, here("putField(value)getField(value,timeStamp)"));
    ASSERT_TRUE(back) << back.error().text;
    EXPECT_EQ(value_of(*back), 9);
    EXPECT_TRUE(back->is_marked(*back->type()->find("timeStamp")));
    EXPECT_FALSE(back->is_marked(*back->type()->find("alarm")));
}

TEST_F(Structures, InfoGivesTheTypeAndTheServer)
{
    const auto info = context.info("BO", here());
    ASSERT_TRUE(info) << info.error().text;
    EXPECT_EQ(*info->type, *pv::nt_enum());
    EXPECT_EQ(info->server, server());
}

TEST_F(Structures, TheServerIsCalledForItsNames)
{
    pv::Structure arguments(pv::nt_uri({{"op", pv::scalar(pv::ScalarType::string)}}));
    ASSERT_TRUE(arguments.set("query.op", "channels").ok());
    const auto names = context.rpc("server", arguments, here());
    ASSERT_TRUE(names) << names.error().text;
    EXPECT_EQ(names->structure()->find("value")->count(), 3u);
    ASSERT_TRUE(arguments.set("query.op", "no such").ok());
    const auto refused = context.rpc("server", arguments, here());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("\"no such\""), std::string::npos);
}

TEST_F(Structures, AServerThatDoesNotHaveItIsAskedAnewTheNextTime)
{
    const auto refused = context.get_structure("NOBODY", here());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().outcome, pv::Outcome::disconnected);
    EXPECT_FALSE(context.get_structure("NOBODY", here()));
    EXPECT_FALSE(context.get_structure("AO", {.server = base::Endpoint{base::ipv4_loopback, 9}}));
}

TEST_F(Structures, WhatMakesNoSenseIsRefusedAtOnce)
{
    EXPECT_EQ(context.get_structure("ca://AO").error().outcome, pv::Outcome::unsupported);
    EXPECT_EQ(context.get_structure("").error().outcome, pv::Outcome::no_such_channel);
    EXPECT_EQ(context.get_structure("AO", {.request = "field("}).error().outcome, pv::Outcome::unsupported);
    EXPECT_FALSE(context.put("AO", pv::Value::of(1.0), {.request = "field()"}).ok());
    EXPECT_FALSE(context.monitor("pva://AO", [](const client::Updates&) {}, {.request = "record[x]"}));
}

} // namespace iochron
