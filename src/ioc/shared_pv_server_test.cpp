#include "ioc/shared_pv_server.h"

#include "base/problem.h"
#include "client/context.h"
#include "pv/normative.h"
#include "pv/source.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace iochron {
namespace {

using namespace std::chrono_literals;

/// A UDP port of loopback that nobody has.
std::uint16_t free_port()
{
    const int probe = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(probe, reinterpret_cast<const sockaddr*>(&address), size);
    (void)::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(probe);
    return ntohs(address.sin_port);
}

/// A server on loopback and a client of it, which sees whole structures.
class SharedPvServerTest : public testing::Test {
  protected:
    SharedPvServerTest() : server(settings(1u << 30)), context(asking()) {}

    [[nodiscard]] IocSettings settings(std::size_t output_bytes) const
    {
        IocSettings settings;
        settings.environment = {{"EPICS_CAS_INTF_ADDR_LIST", "127.0.0.1"},
                                {"EPICS_CAS_AUTO_BEACON_ADDR_LIST", "NO"},
                                {"EPICS_CAS_SERVER_PORT", "0"},
                                {"EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1"},
                                {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "NO"},
                                {"EPICS_PVAS_SERVER_PORT", "0"},
                                {"EPICS_PVAS_BROADCAST_PORT", std::to_string(search_port)}};
        settings.limits.process_output_bytes = output_bytes;
        settings.log = log;
        return settings;
    }
    [[nodiscard]] client::ContextSettings asking() const
    {
        client::ContextSettings settings;
        settings.ca.auto_address_list = false;
        settings.ca.repeater_port = 9;
        settings.pva.auto_address_list = false;
        settings.pva.address_list = {{"127.0.0.1", search_port}};
        settings.structures = true;
        settings.log = log.get();
        return settings;
    }
    static pv::Structure number(std::int32_t value = 0)
    {
        pv::Structure structure(pv::nt_scalar(pv::ScalarType::int32));
        structure.set("value", value);
        return structure;
    }
    [[nodiscard]] std::optional<std::int32_t> read(const std::string& name, const char* field = "value")
    {
        const auto reading = context.get("pva://" + name, 20s);
        return reading ? std::optional(reading->value.structure()->find(field)->get<std::int32_t>()) : std::nullopt;
    }
    pv::Status put(const std::string& name, double value)
    {
        return context.put("pva://" + name, pv::Value::of(value), {.wait = true, .timeout = 20s});
    }
    [[nodiscard]] static std::uint64_t count(const SharedPvServer& of, std::string_view name)
    {
        for (const auto& [counter, value] : of.counters()) {
            if (counter == name) {
                return value;
            }
        }
        return ~std::uint64_t{0};
    }

    std::uint16_t search_port = free_port();
    std::shared_ptr<base::Log> log = std::make_shared<base::SilentLog>();
    SharedPvServer server;
    client::Context context;
};

TEST_F(SharedPvServerTest, PostsOfManyThreadsAllArriveEachThreadsInOrder)
{
    constexpr int threads = 4;
    constexpr int posts = 500;
    const auto pv = server.add("A", number());
    server.start();
    std::array<int, threads> last = {0, 1, 2, 3};
    std::atomic<bool> ordered = true;
    std::binary_semaphore first{0};
    std::binary_semaphore all{0};
    int got = 0;
    const auto monitor = context.monitor("pva://A", [&](const client::Updates& updates) {
        for (const pv::Update& update : updates.updates) {
            const std::int32_t value = update.sample.value.structure()->find("value")->get<std::int32_t>();
            if (got++ == 0) {
                first.release();
                continue;
            }
            ordered =
                ordered && std::exchange(last[static_cast<std::size_t>(value % threads)], value) + threads == value;
            if (got == 1 + threads * posts) {
                all.release();
            }
        }
    });
    ASSERT_TRUE(first.try_acquire_for(20s));
    {
        std::vector<std::jthread> writers;
        for (int i = 0; i < threads; ++i) {
            writers.emplace_back([&, i] {
                for (int n = 1; n <= posts; ++n) {
                    EXPECT_EQ(server.post(pv, pv::Value::of(i + n * threads)), Pushed::accepted);
                }
            });
        }
    }
    ASSERT_TRUE(all.try_acquire_for(20s));
    EXPECT_TRUE(ordered);
}

TEST_F(SharedPvServerTest, WhatWaitsIsBoundedAndTheNewestArrives)
{
    SharedPvServer small(settings(16u << 10)); // 1 KiB of posts
    const auto a = small.add("A", number());
    const auto b = small.add("B", number());
    pv::Structure alarm(pv::nt_scalar(pv::ScalarType::int32));
    alarm.set("alarm.severity", 2);
    std::uint64_t merged = 0;
    for (int i = 1; i <= 1000; ++i) { // it does not run yet, so all of it waits
        merged += small.post(a, pv::Value::of(i)) == Pushed::coalesced ? 1 : 0;
        merged += i == 900 && small.post(a, alarm) == Pushed::coalesced ? 1 : 0;
    }
    EXPECT_EQ(small.post(b, pv::Value::of(7)), Pushed::accepted) << "each PV may have one";
    EXPECT_GT(merged, 900U);
    EXPECT_EQ(count(small, "shared_pv.coalesced"), merged);
    small.start();
    EXPECT_EQ(read("A"), 1000);
    EXPECT_EQ(read("A", "alarm.severity"), 2) << "a part that was posted between is not lost";
    EXPECT_EQ(read("B"), 7);
    EXPECT_EQ(count(small, "shared_pv.posted") + merged, 1002U);
}

TEST_F(SharedPvServerTest, AMailboxStampsWhatIsPut)
{
    server.add("A", number(5));
    server.start();
    EXPECT_EQ(put("A", 42).text, "");
    const auto reading = context.get("pva://A", 20s);
    ASSERT_TRUE(reading);
    const pv::Structure& value = *reading->value.structure();
    EXPECT_EQ(value.find("value")->get<std::int32_t>(), 42);
    EXPECT_GT(value.find("timeStamp.secondsPastEpoch")->get<std::int64_t>(), 1'000'000'000);
}

TEST_F(SharedPvServerTest, HandlersRefuseThrowAndAnswerLater)
{
    std::vector<SharedPvServer::Operation> kept;
    std::binary_semaphore asked{0};
    server.add("REFUSES", number(), {.put = [](const auto& put) { put.refuse("not on a Sunday"); }});
    server.add("THROWS", number(), {.put = [](const auto&) { throw std::runtime_error("no such motor"); }});
    server.add("FORGETS", number(), {.put = [](const auto&) {}});
    server.add("NOW", number(),
               {.put =
                    [this](const auto& put) {
                        server.post(put.pv(), *put.value().structure());
                        put.done();
                    },
                .never_block = true});
    server.add("LATER", number(), {.put = [&](const auto& put) {
                   kept.push_back(put);
                   asked.release();
               }});
    server.start();
    EXPECT_TRUE(put("REFUSES", 1).text.contains("not on a Sunday"));
    EXPECT_TRUE(put("THROWS", 1).text.contains("no such motor"));
    EXPECT_TRUE(put("FORGETS", 1).text.contains("gave no answer"));
    EXPECT_TRUE(put("NOW", 3).ok());
    EXPECT_EQ(read("NOW"), 3) << "the post came before the end of the put";
    pv::Status status{pv::Outcome::internal, "not yet"};
    std::jthread client([&] { status = put("LATER", 8); });
    ASSERT_TRUE(asked.try_acquire_for(20s));
    EXPECT_EQ(kept.at(0).name(), "LATER");
    EXPECT_EQ(kept.at(0).value().structure()->find("value")->get<std::int32_t>(), 8);
    EXPECT_TRUE(kept.at(0).peer().address.starts_with("127.0.0.1:"));
    kept.at(0).done();
    client.join();
    EXPECT_TRUE(status.ok()) << status.text;
    EXPECT_EQ(read("LATER"), 0) << "the handler posted nothing";
}

TEST_F(SharedPvServerTest, PvsComeAndGoWhileItRuns)
{
    server.on_name([this](const std::string& name) {
        if (name.starts_with("NEW:")) {
            server.add(name, number(3));
        }
    });
    server.start();
    EXPECT_EQ(read("NEW:A"), 3);
    const auto pv = server.add("B", number(4));
    EXPECT_THROW(server.add("B", number()), base::Problem);
    EXPECT_THROW(server.add("", number()), base::Problem);
    EXPECT_EQ(read("B"), 4);
    server.remove(pv);
    server.remove(pv);
    server.post(pv, pv::Value::of(1)); // logged, no more
    server.add("B", number(6));
    // A get on the channel that goes away just then fails, and the next one finds the new PV.
    std::optional<std::int32_t> found;
    for (int gets = 0; !found && gets < 1000; ++gets) {
        found = read("B");
    }
    EXPECT_EQ(found, 6);
}

TEST_F(SharedPvServerTest, AnOperationMayOutliveItsServer)
{
    std::vector<SharedPvServer::Operation> kept;
    std::binary_semaphore asked{0};
    {
        SharedPvServer other(settings(1u << 30));
        other.add("A", number(), {.put = [&](const auto& put) {
                      kept.push_back(put);
                      asked.release();
                  }});
        other.start();
        std::jthread client([&] { EXPECT_FALSE(put("A", 8).ok()); });
        ASSERT_TRUE(asked.try_acquire_for(20s));
        other.stop();
    }
    kept.front().done();
    kept.clear();
}

} // namespace
} // namespace iochron
