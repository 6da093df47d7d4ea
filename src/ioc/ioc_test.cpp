#include "ioc/ioc.h"

#include "base/problem.h"
#include "client/ca/client.h"
#include "client/context.h"
#include "db/database.h"
#include "pv/source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <stdexcept>
#include <thread>

namespace iochron {
namespace {

using namespace std::chrono_literals;

/// Everything on loopback, on ports that are free.
IocSettings on_loopback(std::string prefix)
{
    IocSettings settings{.prefix = std::move(prefix)};
    settings.environment = {
        {"EPICS_CAS_INTF_ADDR_LIST", "127.0.0.1"}, {"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "NO"}, {"IOCHRON_LOG", "error"}};
    return settings;
}

/// A client that asks only the name server on that TCP port.
client::ContextSettings asking(std::uint16_t port)
{
    client::ContextSettings settings;
    settings.ca.auto_address_list = false;
    settings.ca.name_servers = {{"127.0.0.1", port}};
    settings.ca.repeater_port = 9;
    return settings;
}

TEST(Ioc, MakesRecordsAndSaysWhatIsWrongWithThem)
{
    Ioc ioc{{.prefix = "T", .serve_ca = false, .serve_pva = false}};
    const AiRecord ai = ioc.ai("A", {.desc = "An input", .egu = "mm", .prec = 3, .val = 1.5});
    EXPECT_EQ(ai.name(), "T:A");
    EXPECT_EQ(ai.get(), 1.5);
    EXPECT_THROW(ioc.ai("A"), base::Problem) << "twice";
    EXPECT_THROW(ioc.ai("B", {.more = {{"NOFIELD", "1"}}}), base::Problem);
    EXPECT_THROW(ioc.ai("C", {.scan = "sometimes"}), base::Problem);
    ioc.start();
    EXPECT_THROW(ioc.ai("D"), base::Problem) << "started";
}

TEST(Ioc, ValuesSetFromManyThreadsAllArriveInOrder)
{
    Ioc ioc(on_loopback("T"));
    const AiRecord a = ioc.ai("A", {.mdel = -1, .val = 0});
    const AiRecord b = ioc.ai("B", {.mdel = -1, .val = 0});
    ioc.start();
    client::Context context(asking(ioc.ca_port()));
    std::atomic<int> got = 0;
    std::atomic<bool> ordered = true;
    constexpr int values = 1000;
    std::binary_semaphore all{0};
    const auto watch = [&](std::string_view name) {
        return context.monitor(name, [&, last = -1.0](const client::Updates& updates) mutable {
            for (const pv::Update& update : updates.updates) {
                const double value = update.sample.value.get<double>();
                ordered = ordered && value == last + 1;
                last = value;
                if (++got == 2 + 2 * values) {
                    all.release();
                }
            }
        });
    };
    const auto first = watch("T:A");
    const auto second = watch("T:B");
    ASSERT_TRUE(first.has_value() && second.has_value());
    while (got < 2) { // both have their first value
        std::this_thread::yield();
    }
    const auto count = [](const AiRecord& record) {
        for (int i = 1; i <= values; ++i) {
            EXPECT_EQ(record.set(i), Pushed::accepted);
        }
    };
    std::jthread one(count, a);
    std::jthread two(count, b);
    EXPECT_TRUE(all.try_acquire_for(60s));
    EXPECT_EQ(got, 2 + 2 * values);
    EXPECT_TRUE(ordered);
}

TEST(Ioc, SeveralLiveInOneProcess)
{
    Ioc first(on_loopback("ONE"));
    Ioc second(on_loopback("TWO"));
    first.ai("A", {.val = 1});
    second.ai("A", {.val = 2});
    first.start();
    second.start();
    EXPECT_NE(first.ca_port(), second.ca_port());
    client::Context one(asking(first.ca_port()));
    client::Context two(asking(second.ca_port()));
    EXPECT_EQ(one.get("ONE:A").value().value.as_double(), 1);
    EXPECT_EQ(two.get("TWO:A").value().value.as_double(), 2);
    first.stop();
    EXPECT_EQ(two.get("TWO:A").value().value.as_double(), 2);
}

TEST(Ioc, APutEndsWhenUserCodeHasReturned)
{
    Ioc ioc(on_loopback("T"));
    const AiRecord readback = ioc.ai("RBV", {.val = 0});
    std::atomic<int> calls = 0;
    ioc.ao("SET", {.drvh = 100, .drvl = 0, .on_update = [&](double value) {
                       if (value == 13) {
                           throw std::runtime_error("13 is not allowed");
                       }
                       readback.set(value);
                       ++calls;
                   }});
    ioc.longout("N", {.on_update = [&](std::int32_t value) { readback.set(value); }});
    ioc.bo("B", {.znam = "Off", .onam = "On", .on_update = [&](bool value) { readback.set(value ? 1 : 0); }});
    ioc.start();
    client::Context context(asking(ioc.ca_port()));
    EXPECT_TRUE(context.put("T:SET", pv::Value::of(42.5), {.wait = true}).ok());
    EXPECT_EQ(calls, 1) << "before the completion";
    EXPECT_EQ(context.get("T:RBV").value().value.as_double(), 42.5);
    EXPECT_TRUE(context.put("T:SET", pv::Value::of(1000.0), {.wait = true}).ok());
    EXPECT_EQ(context.get("T:RBV").value().value.as_double(), 100) << "DRVH";
    (void)context.put("T:SET", pv::Value::of(13.0), {.wait = true});
    const auto failed = context.get("T:SET");
    EXPECT_EQ(failed.value().alarm, (pv::Alarm{pv::Severity::invalid, pv::AlarmStatus::write}));
    EXPECT_TRUE(context.put("T:SET", pv::Value::of(14.0), {.wait = true}).ok()) << "the record was released";
    EXPECT_EQ(context.get("T:SET").value().alarm, pv::Alarm{});
    EXPECT_TRUE(context.put("T:N", pv::Value::of(std::int32_t{7}), {.wait = true}).ok());
    EXPECT_EQ(readback.get(), 7);
    EXPECT_TRUE(context.put("T:B", pv::Value::of("On"), {.wait = true}).ok());
    EXPECT_EQ(readback.get(), 1);
}

TEST(Ioc, EveryKindOfRecordCanBeSet)
{
    Ioc ioc(on_loopback("T"));
    const LonginRecord longin = ioc.longin("L", {.val = 1});
    const BiRecord bi = ioc.bi("B", {.znam = "Off", .onam = "On"});
    const StringinRecord text = ioc.stringin("S", {.val = "before"});
    const WaveformRecord wave = ioc.waveform("W", {.nelm = 8});
    ioc.start();
    EXPECT_EQ(text.get(), "before");
    longin.set(-5);
    bi.set(true);
    text.set("after");
    wave.set({1, 2.5, 3});
    ioc.with_database([](db::Database&) {}); // they were set before
    EXPECT_EQ(longin.get(), -5);
    EXPECT_EQ(bi.get(), true);
    EXPECT_EQ(text.get(), "after");
    EXPECT_EQ(wave.get(), (std::vector<double>{1, 2.5, 3}));
    client::Context context(asking(ioc.ca_port()));
    EXPECT_EQ(context.get("T:W").value().value.count(), 3u);
    EXPECT_EQ(context.get("T:S").value().value.text(), "after");
    const auto reading = context.get("T:B").value();
    EXPECT_EQ(reading.meta->choices, (std::vector<std::string>{"Off", "On"}));
}

TEST(Ioc, TickersCallOnAGridUntilPaused)
{
    Ioc ioc{{.serve_ca = false, .serve_pva = false}};
    const AiRecord ai = ioc.ai("A", {.val = 0});
    std::atomic<int> ticks = 0;
    ioc.every(1ms, [&] { ai.set(++ticks); });
    ioc.start();
    while (ticks < 10) {
        std::this_thread::yield();
    }
    ioc.pause();
    ioc.with_database([](db::Database&) {}); // all that was set before has arrived
    const int held = ticks;
    EXPECT_LE(held - static_cast<int>(ai.get()), 1);
    ioc.resume();
    while (ticks < held + 10) {
        std::this_thread::yield();
    }
    ioc.stop();
}

TEST(Ioc, WritesItselfOutAndLoadsAgain)
{
    Ioc ioc{{.prefix = "T", .serve_ca = false, .serve_pva = false}};
    ioc.ai("A", {.desc = "says \"mm\" \\ 1", .egu = "mm", .prec = 3, .hihi = 10, .hhsv = pv::Severity::major});
    ioc.calc("C", {.calc = "A+1", .inp = {"T:C.VAL NPP NMS"}, .scan = ".1 second"});
    const std::string text = ioc.db_text();
    Ioc again{{.serve_ca = false, .serve_pva = false}};
    again.load_text(text, "written.db");
    EXPECT_EQ(again.db_text(), text);
    EXPECT_NE(text.find("says \\\"mm\\\" \\\\ 1"), std::string::npos) << text;
}

} // namespace
} // namespace iochron
