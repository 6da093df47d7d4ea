#include "client/context.h"

#include "client/context_parts.h"
#include "client/scheme.h"
#include "reactor/spdlog_log.h"

#include <cassert>
#include <future>
#include <utility>

namespace iochron::client {

namespace {

std::unique_ptr<base::Log> own_log(const ContextSettings& settings)
{
    return settings.log != nullptr ? nullptr : std::make_unique<reactor::SpdlogLog>();
}

} // namespace

Context::Context(ContextSettings settings) : parts_(std::make_unique<Parts>())
{
    parts_->own_log = own_log(settings);
    parts_->log = settings.log != nullptr ? settings.log : parts_->own_log.get();
    parts_->own_executor = std::make_unique<reactor::Executor>([](std::exception_ptr) {}); // callbacks are guarded
    parts_->own_shard = std::make_unique<reactor::Shard>(reactor::ShardSettings{.name = "client"});
    parts_->shard = parts_->own_shard.get();
    parts_->executor = parts_->own_executor.get();
    parts_->core = std::make_unique<ContextCore>(*parts_->shard, *parts_->own_executor, settings, *parts_->log);
    parts_->own_executor->start();
    parts_->own_shard->start();
}

Context::Context(reactor::Shard& shard, reactor::Executor& executor, ContextSettings settings)
    : parts_(std::make_unique<Parts>())
{
    parts_->own_log = own_log(settings);
    parts_->log = settings.log != nullptr ? settings.log : parts_->own_log.get();
    parts_->shard = &shard;
    parts_->executor = &executor;
    shard.call([&] { parts_->core = std::make_unique<ContextCore>(shard, executor, settings, *parts_->log); });
}

// What was posted before still runs, and is told that the client ends; coroutines that wait go on once more.
Context::~Context()
{
    parts_->shard->call([&] { parts_->core.reset(); });
    if (parts_->own_shard) {
        std::promise<void> resumed;
        parts_->own_executor->submit([&] { resumed.set_value(); });
        resumed.get_future().wait();
        parts_->own_executor->stop();
        parts_->own_shard->stop();
        parts_->own_shard->join();
    }
}

reactor::Later<Outcome<Reading>> Context::get_later(std::string_view name, std::chrono::nanoseconds timeout)
{
    reactor::LaterValue<Outcome<Reading>> given(*parts_->executor);
    reactor::Later<Outcome<Reading>> later = given.later();
    parts_->shard->post([this, name = std::string(name), timeout, given = std::move(given)]() mutable {
        parts_->core->get(name, timeout, [given = std::move(given)](Outcome<Reading> reading) mutable {
            given.set(std::move(reading));
        });
    });
    return later;
}

Outcome<Reading> Context::get(std::string_view name, std::chrono::nanoseconds timeout)
{
    return get_later(name, timeout).get();
}

std::vector<Outcome<Reading>> Context::get(std::span<const std::string> names, std::chrono::nanoseconds timeout)
{
    std::vector<reactor::Later<Outcome<Reading>>> under_way;
    for (const std::string& name : names) {
        under_way.push_back(get_later(name, timeout));
    }
    std::vector<Outcome<Reading>> readings;
    for (auto& reading : under_way) {
        readings.push_back(reading.get());
    }
    return readings;
}

reactor::Later<pv::Status> Context::put_later(std::string_view name, const pv::Value& value, PutOptions options)
{
    if (!options.request.empty() || options.server) {
        return Structures(*this).put(name, value, options);
    }
    reactor::LaterValue<pv::Status> given(*parts_->executor);
    reactor::Later<pv::Status> later = given.later();
    parts_->shard->post([this, name = std::string(name), value, options, given = std::move(given)]() mutable {
        parts_->core->put(name, std::move(value), options,
                          [given = std::move(given)](pv::Status status) mutable { given.set(std::move(status)); });
    });
    return later;
}

pv::Status Context::put(std::string_view name, const pv::Value& value, PutOptions options)
{
    return put_later(name, value, options).get();
}

Outcome<Monitor> Context::monitor(std::string_view name, MonitorCallback callback, MonitorOptions options)
{
    const std::string_view bare = address_of(name).name;
    if (bare.empty() || bare.size() > base::Limits{}.name_bytes) {
        return std::unexpected(pv::Status{pv::Outcome::no_such_channel, "this is no name of a PV"});
    }
    options.structures = options.structures || !options.request.empty();
    auto asked = pva::request_of(options.request);
    if (!asked) {
        return std::unexpected(asked.error());
    }
    auto state = std::make_shared<Monitor::State>();
    state->asked = std::move(*asked);
    state->name = name;
    if (options.structures && address_of(name).protocol == Address::Protocol::ca) {
        state->name = "pva://" + std::string(bare);
    }
    state->callback = std::move(callback);
    state->options = std::move(options);
    state->shard = parts_->shard;
    parts_->shard->post([this, state] { parts_->core->start(state); });
    return Monitor(std::move(state));
}

Monitor::Monitor(Monitor&& other) noexcept = default;

Monitor& Monitor::operator=(Monitor&& other) noexcept
{
    if (this != &other) {
        cancel();
        state_ = std::move(other.state_);
    }
    return *this;
}

void Monitor::cancel()
{
    if (const std::shared_ptr<State> state = std::exchange(state_, nullptr)) {
        state->cancelled = true;
        state->shard->post([state] {
            if (state->core != nullptr) {
                state->core->stop(*state);
            }
        });
    }
}

MonitorCounts Monitor::counts() const
{
    if (!state_) {
        return {};
    }
    return {.received = state_->received,
            .delivered = state_->delivered,
            .coalesced = state_->coalesced,
            .overruns = state_->overruns};
}

Overruns Monitor::overruns() const
{
    Overruns overruns;
    if (state_ && state_->overruns != 0) {
        state_->shard->call([&] {
            if (state_->core != nullptr) {
                overruns = state_->core->overruns(*state_);
            }
        });
    }
    return overruns;
}

} // namespace iochron::client
