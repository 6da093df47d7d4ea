#include "client/context_core.h"

#include "reactor/memory.h"

#include "client/scheme.h"

#include <fmt/format.h>

#include <exception>

namespace iochron::client {

ContextCore::ContextCore(reactor::Shard& shard, reactor::Executor& executor, const ContextSettings& settings,
                         base::Log& log)
    : shard_(shard), executor_(executor), settings_(settings), log_(log), self_(std::make_shared<ContextCore*>(this))
{
    constexpr std::size_t share = 4;
    settings_.queue_bytes = std::min(settings_.queue_bytes, reactor::memory_bytes() / share);
}

ContextCore::~ContextCore()
{
    *self_ = nullptr;
    for (const auto& monitor : monitors_) {
        monitor->core = nullptr;
    }
    std::vector<base::Handle> under_way;
    operations_.each([&](base::Handle handle, const auto&) { under_way.push_back(handle); });
    for (const base::Handle handle : under_way) {
        finish(handle, {pv::Outcome::cancelled, "the client ends"}, nullptr);
    }
}

NetworkSource& ContextCore::source_of(std::string_view name)
{
    if (address_of(name).protocol == Address::Protocol::ca) {
        if (!ca_) {
            ca_ = std::make_unique<ca::Client>(shard_, settings_.ca, log_,
                                               ca::ClientOptions{.priority = settings_.priority, .describe = true});
        }
        return *ca_;
    }
    return pva();
}

pva::Client& ContextCore::pva()
{
    if (!pva_) {
        pva_ = std::make_unique<pva::Client>(shard_, settings_.pva, log_,
                                             pva::ClientOptions{.structures = settings_.structures});
    }
    return *pva_;
}

ContextCore::Pv& ContextCore::channel_of(const std::string& name)
{
    std::unique_ptr<Pv>& pv = pvs_[name];
    if (!pv) {
        pv = std::make_unique<Pv>();
        pv->name = name;
        pv->source = &source_of(name);
        pv->channel = pv->source->open_channel({address_of(name).name, token_of(*pv)}, *this);
    }
    return *pv;
}

void ContextCore::get(const std::string& name, std::chrono::nanoseconds timeout, GetDone done)
{
    auto operation = std::make_unique<Operation>();
    operation->get_done = std::move(done);
    begin(channel_of(name), timeout, std::move(operation));
}

void ContextCore::put(const std::string& name, pv::Value value, const PutOptions& options, PutDone done)
{
    auto operation = std::make_unique<Operation>();
    operation->put_done = std::move(done);
    operation->value = std::move(value);
    operation->wait = options.wait;
    operation->processing = options.processing;
    begin(channel_of(name), options.timeout, std::move(operation));
}

void ContextCore::begin(Pv& pv, std::chrono::nanoseconds timeout, std::unique_ptr<Operation> operation)
{
    operation->pv = &pv;
    operation->timer = std::make_unique<reactor::Timer>(shard_);
    reactor::Timer& timer = *operation->timer;
    const base::Handle handle = operations_.insert(std::move(operation));
    timer.at(shard_.refresh() + timeout, [this, handle] { timed_out(handle); });
    if (pv.connected) {
        issue(handle);
    } else {
        pv.waiting.push_back(handle.bits());
    }
}

void ContextCore::issue(base::Handle handle)
{
    std::unique_ptr<Operation>* const found = operations_.find(handle);
    if (found == nullptr) {
        return;
    }
    Operation& operation = **found;
    operation.started = true;
    const pv::Token token{handle.bits()};
    if (operation.answer_done) {
        pva().execute(operation.pv->channel, token, std::move(operation.asked), *this);
    } else if (operation.get_done) {
        operation.pv->source->read({.channel = operation.pv->channel, .token = token}, {}, *this);
    } else {
        operation.pv->source->write({.channel = operation.pv->channel,
                                     .token = token,
                                     .value = std::move(operation.value),
                                     .processing = operation.processing,
                                     .wait = operation.wait},
                                    {}, *this);
    }
}

void ContextCore::timed_out(base::Handle handle)
{
    Operation& operation = **operations_.find(handle);
    if (operation.started) {
        operation.pv->source->cancel(operation.pv->channel, pv::Token{handle.bits()}, *this);
        finish(handle, {pv::Outcome::timed_out, fmt::format("{} gave no answer in time", operation.pv->name)}, nullptr);
    } else {
        std::erase(operation.pv->waiting, handle.bits());
        finish(handle, {pv::Outcome::timed_out, fmt::format("{} was not connected in time", operation.pv->name)},
               nullptr);
    }
}

void ContextCore::finish(base::Handle handle, const pv::Status& status, const pv::Sample* sample)
{
    std::unique_ptr<Operation>* const found = operations_.find(handle);
    if (found == nullptr) {
        return;
    }
    const std::unique_ptr<Operation> operation = std::move(*found);
    operations_.erase(handle);
    if (operation->answer_done) {
        answer(*operation, status, sample);
    } else if (operation->put_done) {
        operation->put_done(status);
    } else if (!status.ok()) {
        operation->get_done(std::unexpected(status));
    } else {
        operation->get_done(Reading{.value = sample->value,
                                    .time = sample->time,
                                    .alarm = sample->alarm,
                                    .meta = operation->pv->source->describe(operation->pv->channel)});
    }
}

void ContextCore::completed(pv::Token token, const pv::Status& status, const pv::Sample* sample)
{
    finish(base::Handle::from_bits(static_cast<std::uint64_t>(token)), status, sample);
}

void ContextCore::opened(std::span<const pv::Opened> answers)
{
    for (const pv::Opened& answer : answers) {
        if (is_monitor(answer.token)) {
            Monitor::State& monitor = monitor_of(answer.token);
            monitor.meta = answer.meta;
            tell_connection(monitor, answer.status.ok(), answer.status.text);
            continue;
        }
        Pv& pv = pv_of(answer.token);
        pv.connected = answer.status.ok();
        pv.refused = pv.only_here && !pv.connected;
        for (const std::uint64_t handle : std::exchange(pv.waiting, {})) {
            if (pv.connected) {
                issue(base::Handle::from_bits(handle));
            } else {
                finish(base::Handle::from_bits(handle), answer.status, nullptr);
            }
        }
    }
}

void ContextCore::closed(pv::Token channel, const pv::Status& why)
{
    if (is_monitor(channel)) {
        tell_connection(monitor_of(channel), false, why.text);
    } else {
        pv_of(channel).connected = false;
        pv_of(channel).refused = pv_of(channel).only_here;
    }
}

void ContextCore::rights_changed(pv::Token /*channel*/, pv::Rights /*rights*/) {}

} // namespace iochron::client
