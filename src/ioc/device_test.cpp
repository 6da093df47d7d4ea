#include "ioc/device.h"

#include "base/problem.h"
#include "db/database.h"
#include "ioc/ioc.h"

#include <gtest/gtest.h>

#include <semaphore>
#include <stdexcept>
#include <thread>

namespace iochron {
namespace {

IocSettings quiet()
{
    IocSettings settings{.serve_ca = false, .serve_pva = false};
    settings.environment = {{"IOCHRON_LOG", "error"}};
    settings.log = std::make_shared<base::SilentLog>();
    return settings;
}

std::string text(Ioc& ioc, const std::string& record, const std::string& field)
{
    std::string found;
    ioc.with_database([&](db::Database& database) { found = *database.text(*database.find(record), field); });
    return found;
}

void put(Ioc& ioc, const std::string& record, double value, const std::string& field = "VAL")
{
    ioc.with_database([&](db::Database& database) {
        EXPECT_TRUE(database.put(*database.find(record), field, pv::Value::of(value)).ok());
    });
}

void wait_for(Ioc& ioc, const std::string& record, const std::string& field, const std::string& value)
{
    while (text(ioc, record, field) != value) {
        std::this_thread::yield();
    }
}

TEST(Device, ReadsAndWritesOnTheUserThread)
{
    Ioc ioc(quiet());
    double written = 0;
    ioc.device({.name = "Box", .types = {"ai", "ao"}, .process = [&](const DeviceCall& call) {
                    if (call.value().empty()) {
                        call.done(written + std::stod(call.address()));
                    } else {
                        written = call.value().as_double();
                        call.done();
                    }
                }});
    ioc.load_text(R"(record(ai, "IN") { field(DTYP, "Box") field(INP, "@0.5") }
                     record(ao, "OUT") { field(DTYP, "Box") field(OUT, "@1") field(FLNK, "IN") })",
                  "test.db");
    ioc.start();
    put(ioc, "OUT", 42);
    wait_for(ioc, "IN", "VAL", "42.5");
    EXPECT_EQ(text(ioc, "OUT", "SEVR"), "NO_ALARM");
}

TEST(Device, ACallMayBeEndedByAnotherThreadAndFailureReleasesTheRecord)
{
    Ioc ioc(quiet());
    std::binary_semaphore asked{0};
    std::optional<DeviceCall> kept;
    ioc.device({.name = "Box",
                .types = {"ai"},
                .process =
                    [&](DeviceCall call) {
                        if (call.address() == "throws") {
                            throw std::runtime_error("no such register");
                        }
                        if (call.address() == "keeps") {
                            kept = std::move(call);
                        }
                        asked.release();
                    },
                .never_blocks = true});
    ioc.load_text(R"(record(ai, "KEEPS") { field(DTYP, "Box") field(INP, "@keeps") }
                     record(ai, "DROPS") { field(DTYP, "Box") field(INP, "@drops") }
                     record(ai, "THROWS") { field(DTYP, "Box") field(INP, "@throws") })",
                  "test.db");
    ioc.start();
    put(ioc, "KEEPS", 1, "PROC");
    asked.acquire();
    EXPECT_EQ(text(ioc, "KEEPS", "PACT"), "1");
    kept->done(7.0, {.alarm = {pv::Severity::minor, pv::AlarmStatus::comm}, .message = "late"});
    kept->fail("the first end counts");
    wait_for(ioc, "KEEPS", "VAL", "7");
    EXPECT_EQ(text(ioc, "KEEPS", "AMSG"), "late");
    put(ioc, "DROPS", 1, "PROC");
    wait_for(ioc, "DROPS", "AMSG", "the device has let go of the request");
    EXPECT_EQ(text(ioc, "DROPS", "STAT"), "READ");
    put(ioc, "THROWS", 1, "PROC");
    wait_for(ioc, "THROWS", "AMSG", "no such register");
    EXPECT_EQ(text(ioc, "THROWS", "PACT"), "0");
}

TEST(Device, PushesItsIOIntrRecords)
{
    Ioc ioc(quiet());
    std::optional<DeviceRecord> record;
    ioc.device({.name = "Box",
                .types = {"longin"},
                .init = [&](const DeviceRecord& each) { record = each; },
                .process = [](const DeviceCall& call) { call.done(5); }});
    ioc.load_text(R"(record(longin, "L") { field(DTYP, "Box") field(INP, "@a b") field(SCAN, "I/O Intr") })",
                  "test.db");
    ioc.start();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->name(), "L");
    EXPECT_EQ(record->type(), "longin");
    EXPECT_EQ(record->address(), "a b");
    record->request_scan();
    wait_for(ioc, "L", "VAL", "5");
}

TEST(Device, SaysWhatIsWrongWithAnAddress)
{
    Ioc ioc(quiet());
    const auto init = [](const DeviceRecord& record) {
        throw std::runtime_error("'" + record.address() + "' is no port");
    };
    ioc.device({.name = "Box", .types = {"ai"}, .init = init, .process = [](const DeviceCall&) {}});
    EXPECT_THROW(ioc.device({.name = "Box", .types = {"ai"}, .process = [](const DeviceCall&) {}}), base::Problem);
    EXPECT_THROW(ioc.device({.name = "None", .types = {"ai"}}), base::Problem);
    EXPECT_THROW(ioc.device({.name = "X", .types = {"calc"}, .process = [](const DeviceCall&) {}}), base::Problem);
    ioc.load_text(R"(record(ai, "A") { field(DTYP, "Box") field(INP, "@here") })", "test.db");
    try {
        ioc.start();
        FAIL() << "it started";
    } catch (const base::Problem& problem) {
        EXPECT_STREQ(problem.what(), "A: 'here' is no port");
    }
}

TEST(Device, WhatEndsAfterTheIocHasGoneIsIgnored)
{
    std::optional<DeviceCall> kept;
    std::optional<DeviceRecord> record;
    {
        Ioc ioc(quiet());
        std::binary_semaphore asked{0};
        ioc.device({.name = "Box",
                    .types = {"ai"},
                    .init = [&](const DeviceRecord& each) { record = each; },
                    .process =
                        [&](DeviceCall call) {
                            kept = std::move(call);
                            asked.release();
                        }});
        ioc.load_text(R"(record(ai, "A") { field(DTYP, "Box") field(INP, "@") field(PINI, "YES") })", "test.db");
        ioc.start();
        asked.acquire();
    }
    kept->done(1.0);
    record->request_scan();
    EXPECT_EQ(kept->name(), "A");
}

} // namespace
} // namespace iochron
