#include "perf/load_client.h"

#include "client/ca/client.h"
#include "client/pva/client.h"
#include "ioc/environment.h"
#include "reactor/spdlog_log.h"
#include "reactor/system_clock.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace iochron::perf {
namespace {

nlohmann::json to_json(const LoadClient::Window& window)
{
    return {{"received", window.received},
            {"lost", window.lost},
            {"seconds", window.seconds},
            {"p50_us", window.latency.quantile_us(0.5)},
            {"p99_us", window.latency.quantile_us(0.99)},
            {"max_us", window.latency.max_us()}};
}

nlohmann::json to_json(const Verdict& verdict)
{
    return {{"received", verdict.received},     {"lost", verdict.lost},   {"repeated", verdict.repeated},
            {"misordered", verdict.misordered}, {"wrong", verdict.wrong}, {"silent", verdict.silent}};
}

std::unique_ptr<pv::Source> network_of(const std::string& protocol, reactor::Shard& shard, base::Log& log)
{
    if (protocol == "pva") {
        return std::make_unique<client::pva::Client>(shard, client::pva::parse_settings(ioc::process_variable), log);
    }
    client::ca::Settings settings = client::ca::parse_settings(ioc::process_variable);
    settings.repeater_command.clear(); // it would outlive us
    return std::make_unique<client::ca::Client>(shard, std::move(settings), log,
                                                client::ca::ClientOptions{.describe = false});
}

/// What is made and lives on the shard.
struct Load {
    Load(reactor::Shard& shard, base::Log& log, const std::string& protocol, const LoadClient::Wanted& wanted)
        : network(network_of(protocol, shard, log)), client(shard, *network, clock, wanted)
    {}

    reactor::SystemClock clock;
    std::unique_ptr<pv::Source> network;
    LoadClient client;
};

/// Runs f(give) on the shard and waits until it has called give(json).
template <class F>
nlohmann::json on_shard(reactor::Shard& shard, F f)
{
    // Shared, since the shard may still be inside set_value() when the answer is here.
    const auto answer = std::make_shared<std::promise<nlohmann::json>>();
    shard.post([f, answer] { f([answer](const nlohmann::json& given) { answer->set_value(given); }); });
    return answer->get_future().get();
}

void say(const nlohmann::json& answer)
{
    std::cout << answer.dump() << std::endl;
}

} // namespace

int run_load_client(const std::string& protocol, const LoadClient::Wanted& wanted)
{
    reactor::SpdlogLog log({.level = base::Level::warning});
    reactor::Shard shard({.name = "bench-client"});
    std::unique_ptr<Load> load;
    shard.start();
    const auto start = std::chrono::steady_clock::now();
    (void)on_shard(shard, [&](auto give) {
        load = std::make_unique<Load>(shard, log, protocol, wanted);
        load->client.start([give] { give({}); });
    });
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::cout << "ready " << taken.count() << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        if (line == "measure") {
            say(on_shard(shard, [&](auto give) {
                load->client.begin_window();
                give(nlohmann::json::object());
            }));
        } else if (line == "measured") {
            say(on_shard(shard, [&](auto give) { give(to_json(load->client.end_window())); }));
        } else if (line == "drain") {
            say(on_shard(shard, [&](auto give) {
                load->client.drain([&load, give](const Verdict& verdict) {
                    nlohmann::json answer = to_json(verdict);
                    answer["troubles"] = load->client.troubles();
                    give(answer);
                });
            }));
        }
    }
    (void)on_shard(shard, [&](auto give) {
        load.reset();
        give({});
    });
    return 0;
}

} // namespace iochron::perf
