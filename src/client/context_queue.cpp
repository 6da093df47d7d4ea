// What waits for the callbacks of monitors, and what is done where too much or too long: the lossless contract
// (design.md section 5) on the client's side.
#include "client/context_core.h"
#include "pv/structure.h"

#include <algorithm>

namespace iochron::client {
namespace {

std::size_t bytes_of(const pv::Update& update)
{
    return sizeof update + held_bytes(update.sample.value) - sizeof update.sample.value;
}

/// The newest value, with the marks of those that it replaces: what has changed since the last that was handed over.
void keep_marks(std::span<const pv::Update> replaced, pv::Value& newest)
{
    const pv::Structure* const last = newest.structure();
    if (last == nullptr) {
        return;
    }
    pv::Structure merged = *last;
    for (const pv::Update& update : replaced) {
        const pv::Structure* const older = update.sample.value.structure();
        if (older != nullptr && older->type() == last->type()) {
            merged.mark(older->marked());
        }
    }
    newest = pv::Value::of(std::move(merged));
}

} // namespace

// hot: where the callback keeps up, a copy and nothing else.
void ContextCore::queue(Monitor::State& monitor, std::span<const pv::Update> updates)
{
    if (monitor.pending.empty()) {
        monitor.oldest = shard_.now();
    }
    monitor.pending.insert(monitor.pending.end(), updates.begin(), updates.end());
    for (std::size_t i = monitor.pending.size() - updates.size(); i < monitor.pending.size(); ++i) {
        monitor.pending[i].sample.message = nullptr; // only borrowed
    }
    const bool late = settings_.max_lag.count() > 0 && shard_.now() - monitor.oldest > settings_.max_lag;
    if (monitor.busy) {
        count(monitor, updates);
    }
    if (monitor.options.queue == QueuePolicy::newest || (monitor.busy && late)) {
        collapse(monitor);
    } else if (queued_bytes_ > settings_.queue_bytes) {
        enforce_budget();
    }
    mark_dirty(monitor);
}

void ContextCore::count(Monitor::State& monitor, std::span<const pv::Update> updates)
{
    for (const pv::Update& update : updates) {
        const std::size_t bytes = bytes_of(update);
        monitor.pending_bytes += bytes;
        queued_bytes_ += bytes;
    }
}

// Keeps the newest. `oldest` stays, so that a monitor that is behind stays so until its callback has caught up.
void ContextCore::collapse(Monitor::State& monitor)
{
    const std::size_t replaced = monitor.pending.size() - 1;
    if (replaced == 0) {
        return;
    }
    keep_marks(std::span(monitor.pending).first(replaced), monitor.pending.back().sample.value);
    monitor.pending.erase(monitor.pending.begin(), monitor.pending.end() - 1);
    monitor.pending_coalesced += replaced;
    monitor.taken += static_cast<std::uint32_t>(replaced);
    monitor.coalesced.fetch_add(replaced, std::memory_order_relaxed);
    if (monitor.busy) {
        queued_bytes_ -= std::exchange(monitor.pending_bytes, 0);
        count(monitor, monitor.pending);
    }
}

/// The largest queues first, those of about one size together, until an eighth is free again or each holds one update.
void ContextCore::enforce_budget()
{
    const auto can_shrink = [](const auto& monitor) { return monitor->pending.size() > 1; };
    while (queued_bytes_ > settings_.queue_bytes - settings_.queue_bytes / 8) {
        std::size_t largest = 0;
        for (const auto& monitor : monitors_) {
            largest = std::max(largest, can_shrink(monitor) ? monitor->pending_bytes : 0);
        }
        if (largest == 0) {
            return;
        }
        for (const auto& monitor : monitors_) {
            if (can_shrink(monitor) && monitor->pending_bytes > largest / 2) {
                collapse(*monitor);
            }
        }
    }
}

void ContextCore::mark_dirty(Monitor::State& monitor)
{
    if (!monitor.busy && !std::exchange(monitor.dirty, true)) {
        dirty_.push_back(&monitor);
    }
}

} // namespace iochron::client
