#include "ioc/shared_pv_server.h"

#include "base/counters.h"
#include "base/problem.h"
#include "ioc/until_signal.h"
#include "pv/shared_pv.h"
#include "reactor/mailbox.h"
#include "reactor/shard.h"
#include "reactor/spdlog_log.h"
#include "reactor/system_clock.h"
#include "server/pva/server.h"

#include <optional>
#include <span>
#include <vector>

namespace iochron {

/// Thread: shard, once started
struct SharedPvServer::State final : reactor::Touched {
    enum class Kind : std::uint8_t { post, open, close };
    struct Order {
        std::uint32_t pv = 0;
        Kind kind = Kind::post;
        pv::Value value;
        base::Stamp time;
    };

    explicit State(IocSettings given)
        : settings(std::move(given)),
          log(settings.log ? settings.log : std::make_shared<reactor::SpdlogLog>(reactor::LogSettings{})),
          budget(settings.limits.process_output_bytes), pvs([this] { shard.touch(*this); }),
          orders(shard, [this](std::span<Order> batch) { obey(batch); })
    {}

    void settle(base::Steady /*now*/) override { pvs.settle(); }
    void obey(std::span<Order> batch);
    void serve();

    IocSettings settings;
    std::shared_ptr<base::Log> log;
    reactor::SystemClock clock;
    base::Counters counters;
    base::Counter& posted = counters.get("shared_pv.posted");
    reactor::Shard shard{{.name = "shared_pv"}};
    server::Budget budget;
    pv::SharedPvs pvs;
    std::vector<std::string> names;
    std::vector<std::shared_ptr<pv::SharedPv>> by_number;
    reactor::Mailbox<Order> orders;
    std::unique_ptr<server::pva::Server> pva;
    bool running = false;
};

void SharedPvServer::State::obey(std::span<Order> batch)
{
    for (Order& order : batch) {
        pv::SharedPv& pv = *by_number.at(order.pv);
        pv::Status status;
        if (order.kind == Kind::close) {
            pv.close();
        } else if (order.kind == Kind::open) {
            status = pv.open(*order.value.structure());
        } else {
            status = pv.post(order.value, order.time);
            posted.add(status.ok() ? 1 : 0);
        }
        if (!status.ok()) {
            log->warning("shared_pv.refused", "{}: {}", names.at(order.pv), status.text);
        }
    }
}

void SharedPvServer::State::serve()
{
    const auto parsed = server::pva::parse_settings([this](std::string_view name) -> std::optional<std::string> {
        const auto found = settings.environment.find(std::string(name));
        return found != settings.environment.end() ? std::optional(found->second) : std::nullopt;
    });
    for (const std::string& problem : parsed.problems) {
        log->warning("ioc.environment", "{}", problem);
    }
    auto opened = server::pva::Server::open(shard, parsed.settings,
                                            {.sources = {&pvs},
                                             .log = *log,
                                             .counters = counters,
                                             .budget = budget,
                                             .limits = settings.limits,
                                             .names = [this] { return names; }});
    if (!opened) {
        throw base::Problem(opened.error());
    }
    pva = std::move(*opened);
}

SharedPvServer::SharedPvServer(IocSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}

SharedPvServer::~SharedPvServer()
{
    stop();
    state_->shard.forget(*state_);
}

SharedPvServer::Pv SharedPvServer::add(const std::string& name, const pv::Structure& first)
{
    State& s = *state_;
    auto pv = std::make_shared<pv::SharedPv>();
    pv->open(first);
    if (s.running || name.empty() || !s.pvs.add(name, pv)) {
        throw base::Problem("cannot add the PV \"" + name + "\": the server runs, or the name is empty or taken");
    }
    s.names.push_back(name);
    s.by_number.push_back(std::move(pv));
    return Pv{static_cast<std::uint32_t>(s.names.size() - 1)};
}

void SharedPvServer::post(Pv pv, pv::Value value)
{
    std::vector<State::Order> order;
    order.push_back({static_cast<std::uint32_t>(pv), State::Kind::post, std::move(value), state_->clock.now()});
    state_->orders.send(std::move(order));
}

void SharedPvServer::close(Pv pv)
{
    std::vector<State::Order> order;
    order.push_back({static_cast<std::uint32_t>(pv), State::Kind::close, {}, {}});
    state_->orders.send(std::move(order));
}

void SharedPvServer::open(Pv pv, pv::Structure first)
{
    std::vector<State::Order> order;
    order.push_back({static_cast<std::uint32_t>(pv), State::Kind::open, pv::Value::of(std::move(first)), {}});
    state_->orders.send(std::move(order));
}

void SharedPvServer::start()
{
    if (!state_->running) {
        state_->serve();
        state_->shard.start();
        state_->running = true;
    }
}

void SharedPvServer::stop()
{
    if (state_->running) {
        state_->shard.stop();
        state_->shard.join();
        state_->pva.reset();
        state_->running = false;
    }
}

void SharedPvServer::run()
{
    start();
    ioc::until_signal();
    stop();
}

std::uint16_t SharedPvServer::pva_port() const
{
    return state_->pva ? state_->pva->port() : 0;
}

std::vector<std::pair<std::string, std::uint64_t>> SharedPvServer::counters() const
{
    std::vector<std::pair<std::string, std::uint64_t>> all;
    state_->counters.each([&](std::string_view name, std::uint64_t count) { all.emplace_back(name, count); });
    return all;
}

} // namespace iochron
