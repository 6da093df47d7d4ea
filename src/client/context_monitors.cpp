#include "client/context_core.h"

#include "client/scheme.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace iochron::client {

void ContextCore::start(std::shared_ptr<Monitor::State> state)
{
    Monitor::State& monitor = *state;
    if (monitor.cancelled) {
        return;
    }
    monitor.core = this;
    monitor.place = static_cast<std::uint32_t>(monitors_.size());
    monitors_.push_back(std::move(state));
    monitor.source = &source_of(monitor.name);
    const pv::OpenRequest request{address_of(monitor.name).name, channel_token_of(monitor)};
    monitor.channel =
        monitor.options.structures ? pva().open_bare(request, *this) : monitor.source->open_channel(request, *this);
    if (monitor.channel == pv::ChannelId{}) {
        return;
    }
    const pv::SubscribeRequest subscribe{.channel = monitor.channel,
                                         .mask = monitor.options.mask,
                                         .token = token_of(monitor),
                                         .count = monitor.options.count,
                                         .own = monitor.options.own};
    monitor.subscription = monitor.options.structures ? pva().structures(subscribe, monitor.asked, *this)
                                                      : monitor.source->subscribe(subscribe, *this);
}

void ContextCore::stop(Monitor::State& monitor)
{
    monitor.source->close(monitor.channel);
    std::erase(dirty_, &monitor);
    queued_bytes_ -= std::exchange(monitor.pending_bytes, 0);
    monitor.core = nullptr;
    monitors_.back()->place = monitor.place;
    std::swap(monitors_[monitor.place], monitors_.back());
    monitors_.pop_back();
}

Overruns ContextCore::overruns(const Monitor::State& monitor)
{
    return monitor.source == pva_.get() ? pva_->overruns(monitor.subscription) : Overruns{};
}

// hot: updates of one monitor that stand together make one call.
std::size_t ContextCore::updates(std::span<const pv::Update> batch)
{
    for (std::size_t i = 0; i < batch.size();) {
        std::size_t end = i + 1;
        while (end < batch.size() && batch[end].token == batch[i].token) {
            ++end;
        }
        take(monitor_of(batch[i].token), batch.subspan(i, end - i));
        i = end;
    }
    return batch.size();
}

void ContextCore::take(Monitor::State& monitor, std::span<const pv::Update> updates)
{
    monitor.received.fetch_add(updates.size(), std::memory_order_relaxed);
    const auto overran = [](const pv::Update& update) { return update.sample.overrun; };
    if (const auto overruns = std::ranges::count_if(updates, overran); overruns != 0) {
        monitor.overruns.fetch_add(static_cast<std::uint64_t>(overruns), std::memory_order_relaxed);
    }
    if (!monitor.options.on_shard) {
        queue(monitor, updates);
        return;
    }
    monitor.delivered.fetch_add(updates.size(), std::memory_order_relaxed);
    monitor.callback({.updates = updates, .meta = monitor.meta});
    monitor.taken += static_cast<std::uint32_t>(updates.size());
    grant(monitor);
}

/// Lets the server of a pipelined monitor send as many updates as the callback has taken.
void ContextCore::grant(Monitor::State& monitor)
{
    if (const std::uint32_t taken = std::exchange(monitor.taken, 0); taken != 0 && monitor.options.structures) {
        monitor.source->credit(monitor.subscription, taken);
    }
}

void ContextCore::meta_changed(pv::Token channel, const pv::MetaRef& meta)
{
    if (is_monitor(channel)) {
        Monitor::State& monitor = monitor_of(channel);
        hand_over(monitor); // what waits belongs to the old one
        monitor.meta = meta;
    }
}

// Goes out at once, whatever the callback is doing, so that it keeps its place among the updates.
void ContextCore::tell_connection(Monitor::State& monitor, bool connected, std::string_view why)
{
    if (!monitor.options.on_connection) {
        return;
    }
    if (monitor.options.on_shard) {
        monitor.options.on_connection(connected, why);
        return;
    }
    Delivery& delivery = behind_updates(monitor, Delivery::Kind::connection);
    delivery.connected = connected;
    delivery.why.text = why;
}

bool ContextCore::ended(pv::Token subscription, const pv::Status& why)
{
    Monitor::State& monitor = monitor_of(subscription);
    if (!monitor.options.on_end) {
        return false;
    }
    if (monitor.options.on_shard) {
        monitor.options.on_end(why);
    } else {
        behind_updates(monitor, Delivery::Kind::end).why = why;
    }
    return true;
}

/// What is told next, with all updates before it on their way.
ContextCore::Delivery& ContextCore::behind_updates(Monitor::State& monitor, Delivery::Kind kind)
{
    hand_over(monitor);
    Delivery& delivery = deliveries_.emplace_back();
    delivery.monitor = monitors_[monitor.place];
    delivery.kind = kind;
    return delivery;
}

void ContextCore::hand_over(Monitor::State& monitor)
{
    if (monitor.pending.empty()) {
        return;
    }
    monitor.busy = true;
    Delivery delivery;
    delivery.monitor = monitors_[monitor.place];
    delivery.updates = std::exchange(monitor.pending, {});
    queued_bytes_ -= std::exchange(monitor.pending_bytes, 0);
    monitor.taken += static_cast<std::uint32_t>(delivery.updates.size());
    delivery.meta = monitor.meta;
    delivery.coalesced = std::exchange(monitor.pending_coalesced, 0);
    deliveries_.push_back(std::move(delivery));
}

void ContextCore::settled()
{
    for (Monitor::State* const monitor : std::exchange(dirty_, {})) {
        monitor->dirty = false;
        if (!monitor->busy) {
            hand_over(*monitor);
        }
    }
    submit();
}

// One task for all of a turn; when it has run, the shard learns of it and hands over what came meanwhile.
void ContextCore::submit()
{
    if (deliveries_.empty()) {
        return;
    }
    executor_.submit(
        [deliveries = std::exchange(deliveries_, {}), self = self_, shard = &shard_, log = &log_]() mutable {
            deliver(deliveries, *log);
            std::vector<std::shared_ptr<Monitor::State>> monitors;
            for (Delivery& delivery : deliveries) {
                monitors.push_back(std::move(delivery.monitor));
            }
            shard->post([self, monitors = std::move(monitors)] {
                if (*self != nullptr) {
                    (*self)->delivered(monitors);
                }
            });
        });
}

void ContextCore::deliver(std::vector<Delivery>& deliveries, base::Log& log)
{
    for (Delivery& delivery : deliveries) {
        try {
            call(delivery);
        } catch (const std::exception& error) {
            log.error("client.callback", "the callback of {} threw: {}", delivery.monitor->name, error.what());
        } catch (...) {
            log.error("client.callback", "the callback of {} threw", delivery.monitor->name);
        }
    }
}

void ContextCore::call(Delivery& delivery)
{
    Monitor::State& monitor = *delivery.monitor;
    if (monitor.cancelled) {
        return;
    }
    if (delivery.kind == Delivery::Kind::connection) {
        monitor.options.on_connection(delivery.connected, delivery.why.text);
        return;
    }
    if (delivery.kind == Delivery::Kind::end) {
        monitor.options.on_end(delivery.why);
        return;
    }
    for (pv::Update& update : delivery.updates) {
        update.sample.meta = delivery.meta.get();
    }
    monitor.delivered.fetch_add(delivery.updates.size(), std::memory_order_relaxed);
    monitor.callback({.updates = delivery.updates, .meta = delivery.meta, .coalesced = delivery.coalesced});
}

void ContextCore::delivered(const std::vector<std::shared_ptr<Monitor::State>>& monitors)
{
    for (const auto& monitor : monitors) {
        if (monitor->core != this) {
            continue;
        }
        monitor->busy = false;
        grant(*monitor);
        if (!monitor->pending.empty()) {
            mark_dirty(*monitor);
        }
    }
    settled();
}

} // namespace iochron::client
