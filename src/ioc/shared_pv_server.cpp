#include "ioc/shared_pv_server.h"

#include "base/problem.h"
#include "ioc/shared_pv_state.h"
#include "ioc/until_signal.h"
#include "ioc/within_memory.h"
#include "reactor/memory.h"
#include "reactor/spdlog_log.h"

#include <exception>
#include <future>
#include <optional>

namespace iochron {
namespace {

/// What waits to be posted may take so much of what all output of the process may take.
constexpr std::size_t share_of_posts = 16;

IocSettings bounded(IocSettings settings)
{
    settings.limits = ioc::within_memory(settings.limits, reactor::memory_bytes());
    return settings;
}

} // namespace

SharedPvServer::State::State(IocSettings given)
    : settings(bounded(std::move(given))),
      log(settings.log ? settings.log : std::make_shared<reactor::SpdlogLog>(reactor::LogSettings{})),
      budget(settings.limits.process_output_bytes), pvs([this] { shard.touch(*this); }, [this] { return clock.now(); }),
      user([](std::exception_ptr thrown) { std::rethrow_exception(thrown); }), // hand() lets nothing through
      orders(shard, settings.limits.process_output_bytes / share_of_posts,
             [this](std::span<std::pair<std::uint32_t, Order>> batch) { obey(batch); })
{}

SharedPvServer::State::~State()
{
    for (const Entry& entry : entries) { // no answer finds a client any more, whenever it comes
        if (entry.pv != nullptr) {
            entry.pv->close();
        }
    }
    gate->close();
    shard.forget(*this);
}

bool SharedPvServer::State::Order::replace_with(Order& newer)
{
    if (kind != Kind::post || newer.kind != Kind::post) {
        return false;
    }
    const pv::Structure* const type = newer.value.structure() != nullptr ? newer.value.structure() : value.structure();
    if (type == nullptr) { // two values without more
        *this = std::move(newer);
        return true;
    }
    pv::Structure both(type->type());
    for (const Order* const order : {this, &newer}) {
        if (const pv::Structure* const update = order->value.structure(); update == nullptr) {
            if (!pv::set_value(both, order->value, order->time).ok()) {
                return false; // a text for an enumeration: the PV may know it
            }
        } else if (*update->type() == *both.type()) {
            both.merge(*update);
        }
    }
    value = pv::Value::of(std::move(both));
    return true;
}

void SharedPvServer::State::obey(std::span<std::pair<std::uint32_t, Order>> batch)
{
    for (auto& [number, order] : batch) {
        const Entry& entry = entries.at(number);
        pv::Status status;
        if (entry.pv == nullptr) {
            status = {pv::Outcome::disconnected, "the PV was removed"};
        } else if (order.kind == Kind::close) {
            entry.pv->close();
        } else if (order.kind == Kind::open) {
            status = entry.pv->open(*order.value.structure());
        } else {
            status = entry.pv->post(order.value, order.time);
            posted.add(status.ok() ? 1 : 0);
        }
        if (!status.ok()) {
            log->warning("shared_pv.refused", "{}: {}", entry.name, status.text);
        }
        order.value = {}; // not needed longer, and may be large
    }
}

std::vector<std::string> SharedPvServer::State::names() const
{
    std::vector<std::string> all;
    for (const Entry& entry : entries) {
        if (entry.pv != nullptr) {
            all.push_back(entry.name);
        }
    }
    return all;
}

void SharedPvServer::State::tell(const std::vector<std::string>& problems) const
{
    for (const std::string& problem : problems) {
        log->warning("ioc.environment", "{}", problem);
    }
}

void SharedPvServer::State::serve()
{
    const auto variable = [this](std::string_view name) -> std::optional<std::string> {
        const auto found = settings.environment.find(std::string(name));
        return found != settings.environment.end() ? std::optional(found->second) : std::nullopt;
    };
    if (settings.serve_pva) {
        const auto parsed = server::pva::parse_settings(variable);
        tell(parsed.problems);
        auto opened = server::pva::Server::open(shard, parsed.settings,
                                                {.sources = {&pvs},
                                                 .log = *log,
                                                 .counters = counters,
                                                 .budget = budget,
                                                 .limits = settings.limits,
                                                 .names = [this] { return names(); }});
        pva = opened ? std::move(*opened) : throw base::Problem(opened.error());
    }
    if (settings.serve_ca) {
        const auto parsed = server::ca::parse_settings(variable);
        tell(parsed.problems);
        auto opened = server::ca::Server::open(
            shard, parsed.settings,
            {.sources = {&plain}, .log = *log, .counters = counters, .budget = budget, .limits = settings.limits});
        ca = opened ? std::move(*opened) : throw base::Problem(opened.error());
    }
}

SharedPvServer::Pv SharedPvServer::State::add(const std::string& name, const pv::Structure& first, Handlers given)
{
    const Pv number{static_cast<std::uint32_t>(entries.size())};
    const auto pv = std::make_shared<pv::SharedPv>();
    if (name.empty() || !pvs.add(name, pv)) {
        throw base::Problem("cannot add the PV \"" + name + "\": the name is empty or taken");
    }
    const auto handlers = std::make_shared<const Handlers>(std::move(given));
    const auto ask = [this, number, name, handlers](bool call, pv::Value value, const pv::Peer& peer,
                                                    pv::Answer answer) {
        hand(handlers, call,
             Operation(
                 std::make_shared<Operation::State>(gate, number, name, std::move(value), peer, std::move(answer))));
    };
    if (handlers->put) {
        pv->on_put([ask](pv::SharedPv&, const pv::Structure& put, const pv::Peer& peer, pv::Answer answer) {
            ask(false, pv::Value::of(put), peer, std::move(answer));
        });
    }
    if (handlers->call) {
        pv->on_rpc([ask](pv::SharedPv&, const pv::Value& arguments, const pv::Peer& peer, pv::Answer answer) {
            ask(true, arguments, peer, std::move(answer));
        });
    }
    pv->open(first);
    entries.push_back({name, pv});
    return number;
}

SharedPvServer::SharedPvServer(IocSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}

SharedPvServer::~SharedPvServer()
{
    stop();
}

SharedPvServer::Pv SharedPvServer::add(const std::string& name, const pv::Structure& first, Handlers handlers)
{
    Pv added{};
    state_->shard.call([&] { added = state_->add(name, first, std::move(handlers)); });
    return added;
}

void SharedPvServer::remove(Pv pv)
{
    state_->shard.call([&] {
        State::Entry& entry = state_->entries.at(static_cast<std::uint32_t>(pv));
        if (entry.pv != nullptr) {
            entry.pv = nullptr;
            state_->pvs.remove(entry.name);
        }
    });
}

void SharedPvServer::on_name(NameHandler handler)
{
    state_->pvs.on_name([handler = std::move(handler)](std::string_view name) {
        handler(std::string(name));
        return nullptr;
    });
}

Pushed SharedPvServer::post(Pv pv, pv::Value value)
{
    using Queue = decltype(state_->orders);
    const auto pushed =
        state_->orders.push(static_cast<std::uint32_t>(pv), {State::Kind::post, std::move(value), state_->clock.now()});
    if (pushed == Queue::Push::accepted) {
        return Pushed::accepted;
    }
    ++state_->coalesced;
    return Pushed::coalesced;
}

void SharedPvServer::post_waiting(Pv pv, pv::Value value)
{
    state_->orders.push_waiting(static_cast<std::uint32_t>(pv),
                                {State::Kind::post, std::move(value), state_->clock.now()});
}

void SharedPvServer::close(Pv pv)
{
    (void)state_->orders.push(static_cast<std::uint32_t>(pv), {.kind = State::Kind::close, .value = {}});
}

void SharedPvServer::open(Pv pv, pv::Structure first)
{
    (void)state_->orders.push(static_cast<std::uint32_t>(pv),
                              {.kind = State::Kind::open, .value = pv::Value::of(std::move(first))});
}

void SharedPvServer::start()
{
    if (!state_->running) {
        state_->serve();
        state_->running = true;
        state_->user.start();
        state_->shard.start();
    }
}

void SharedPvServer::stop()
{
    if (state_->running) {
        state_->user.stop(); // first, as a handler may wait for the shard
        state_->shard.call([this] {
            state_->pva.reset();
            state_->ca.reset();
        });
        state_->shard.stop();
        state_->shard.join();
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

std::uint16_t SharedPvServer::ca_port() const
{
    return state_->ca ? state_->ca->port() : 0;
}

std::vector<std::pair<std::string, std::uint64_t>> SharedPvServer::counters() const
{
    std::vector<std::pair<std::string, std::uint64_t>> all;
    state_->counters.each([&](std::string_view name, std::uint64_t count) { all.emplace_back(name, count); });
    all.emplace_back("shared_pv.coalesced", state_->coalesced.load());
    return all;
}

} // namespace iochron
