// Links from one IOC to another, by Channel Access on loopback.
#include "db/database.h"
#include "ioc/ioc.h"
#include "ioc/shell.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <semaphore>
#include <sstream>

namespace iochron {
namespace {

IocSettings on_loopback(std::map<std::string, std::string> more = {})
{
    IocSettings settings{.serve_pva = false};
    settings.environment = {{"EPICS_CAS_INTF_ADDR_LIST", "127.0.0.1"},
                            {"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "NO"},
                            {"EPICS_CA_AUTO_ADDR_LIST", "NO"},
                            {"IOCHRON_LOG", "error"}};
    settings.environment.merge(more);
    return settings;
}

struct Links : testing::Test {
    Links()
    {
        far.load_text(R"(record(ai, "FAR") { field(VAL, "1") field(EGU, "mm") field(PINI, "YES") })", "far.db");
        far.start();
    }
    IocSettings near_settings()
    {
        return on_loopback({{"EPICS_CA_NAME_SERVERS", fmt::format("127.0.0.1:{}", far.ca_port())}});
    }
    static std::string report(Ioc& ioc, std::string_view line)
    {
        std::ostringstream out;
        ioc::Shell(ioc, out, out).line(line);
        return out.str();
    }

    Ioc far{on_loopback()};
};

TEST_F(Links, FollowAPvOfAnotherIocAndWriteToIt)
{
    std::binary_semaphore first{0};
    std::binary_semaphore second{0};
    Ioc near(near_settings());
    near.ao("SEE", {.on_update = [&](double value) { (value == 1 ? first : second).release(); },
                    .more = {{"OMSL", "closed_loop"}, {"DOL", "IN"}}});
    near.load_text(R"(record(calc, "IN") { field(CALC, "A") field(INPA, "FAR CP MS") field(FLNK, "SEE") }
                      record(ao, "OUT") { field(OUT, "FAR") }
                      record(calc, "LOST") { field(INPA, "NOBODY") field(INPB, "IN CP") })",
                   "near.db");
    near.start();
    first.acquire();
    near.with_database([](db::Database& database) {
        EXPECT_TRUE(database.put(*database.find("OUT"), "VAL", pv::Value::of(2.0)).ok());
    });
    second.acquire();
    const std::string all = report(near, "dbcar * 2");
    EXPECT_NE(all.find("IN.INPA ==> FAR"), std::string::npos) << all;
    EXPECT_NE(all.find(fmt::format("[IN      ] host 127.0.0.1:{}, Read/Write", far.ca_port())), std::string::npos);
    EXPECT_NE(all.find("LOST.INPA --> NOBODY"), std::string::npos) << all;
    EXPECT_NE(all.find("Total 4 CA links; 3 connected, 1 not connected."), std::string::npos) << all;
    EXPECT_EQ(report(near, "dbcar OUT"), "CA links in record named 'OUT'\n\n"
                                         "Total 1 CA link; 1 connected, 0 not connected.\n"
                                         "    0 can't read, 0 can't write.  (0 disconnects, 0 writes prohibited)\n\n");
}

TEST_F(Links, SeeTheEndOfTheOtherIocAndAreEndedWithTheirOwn)
{
    std::binary_semaphore come{0};
    std::binary_semaphore gone{0};
    Ioc near(near_settings());
    near.ao("SEE", {.on_update = [&](double value) { (value == 0 ? come : gone).release(); },
                    .more = {{"OMSL", "closed_loop"}, {"DOL", "IN.SEVR"}}});
    near.load_text(R"(record(calc, "IN") { field(CALC, "A") field(INPA, "FAR CP") field(FLNK, "SEE") })", "near.db");
    near.start();
    come.acquire();
    far.stop();
    gone.acquire();
    near.stop();
}

} // namespace
} // namespace iochron
