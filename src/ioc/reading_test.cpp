#include "ioc/reading.h"

#include "db/database.h"
#include "ioc/ioc.h"

#include <gtest/gtest.h>

#include <thread>

namespace iochron {
namespace {

TEST(Reading, GoesWithAValueThatIsSet)
{
    Ioc ioc{{.prefix = "T",
             .environment = {},
             .log = std::make_shared<base::SilentLog>(),
             .serve_ca = false,
             .serve_pva = false}};
    const AiRecord ai = ioc.ai("A", {.high = 10, .hsv = pv::Severity::major, .more = {{"TSE", "-2"}}});
    ioc.start();
    const auto text = [&](std::string_view field) {
        std::string found;
        ioc.with_database([&](db::Database& database) { found = *database.text(*database.find("T:A"), field); });
        return found;
    };
    const base::Stamp then{1'234'567'890'000'000'000};
    ai.set(1.0);
    ai.set(5.0, {.alarm = {pv::Severity::minor, pv::AlarmStatus::comm}, .message = "weak signal", .time = then});
    while (ai.get() != 5) {
        std::this_thread::yield();
    }
    EXPECT_EQ(text("SEVR"), "MINOR");
    EXPECT_EQ(text("STAT"), "COMM");
    EXPECT_EQ(text("AMSG"), "weak signal");
    ai.set(20.0, {.alarm = {pv::Severity::minor, pv::AlarmStatus::comm}});
    while (ai.get() != 20) {
        std::this_thread::yield();
    }
    EXPECT_EQ(text("STAT"), "HIGH") << "the limit's alarm is worse";
    ai.set(6.0);
    while (ai.get() != 6) {
        std::this_thread::yield();
    }
    EXPECT_EQ(text("SEVR"), "NO_ALARM");
}

} // namespace
} // namespace iochron
