// Monitors that equal subscriptions share.
#include "client/pva/link.h"

#include <algorithm>

namespace iochron::client::pva {

Monitor* Client::find_shared(const Channel& channel, const Wanted& wanted)
{
    for (const std::uint32_t id : channel.monitors) {
        const auto shared = shared_.find(id);
        if (shared != shared_.end() && !shared->second.ended && shared->second.wanted.whole == wanted.whole &&
            shared->second.wanted.asked == wanted.asked) {
            return monitors_.find(id);
        }
    }
    return nullptr;
}

/// No subscription where there are too many.
pv::SubscriptionId Client::join(Monitor& monitor, std::uint32_t opening, pv::Token token, pv::Sink& sink)
{
    const std::uint32_t id = subscribers_.insert();
    if (id == 0) {
        log_.error("pva.client.subscribe", "a subscription was refused: there are too many");
        return {};
    }
    Subscriber& subscriber = subscribers_.get(id);
    subscriber.opening = opening;
    subscriber.monitor = monitor.id;
    subscriber.token = token;
    subscriber.sink = &sink;
    const auto subscription = pv::SubscriptionId{shared_bit | id};
    openings_.get(opening).subscriptions.push_back(subscription);
    batch_.flush(); // what came before is not for the new one
    shared_.at(monitor.id).subscribers.push_back(id);
    set_route(monitor);
    give_present(monitor, token, sink);
    return subscription;
}

/// Null for a subscription that shares with nobody.
Client::Subscriber* Client::subscriber_of(pv::SubscriptionId subscription)
{
    const auto id = static_cast<std::uint64_t>(subscription);
    return (id & shared_bit) != 0 ? subscribers_.find(static_cast<std::uint32_t>(id)) : nullptr;
}

void Client::leave(Subscriber& subscriber)
{
    std::erase(openings_.get(subscriber.opening).subscriptions, pv::SubscriptionId{shared_bit | subscriber.id});
    std::erase(shared_.at(subscriber.monitor).subscribers, subscriber.id);
    subscribers_.erase(subscriber.id);
}

/// A Monitor with one subscriber tells it directly; else by way of fan_out_.
void Client::set_route(Monitor& monitor)
{
    const std::vector<std::uint32_t>& subscribers = shared_.at(monitor.id).subscribers;
    const Subscriber& first = subscribers_.get(subscribers.front());
    const bool alone = subscribers.size() == 1;
    monitor.sink = alone ? first.sink : &fan_out_;
    monitor.token = alone ? first.token : pv::Token{monitor.id};
}

/// To one who joins when the first update has passed: all that has come so far, as a monitor of its own would begin.
void Client::give_present(Monitor& monitor, pv::Token token, pv::Sink& sink)
{
    pv::Update update;
    update.token = token;
    pv::Plain plain; // what the sample refers to
    if (monitor.layout != nullptr) {
        if (monitor.number.started == 0) {
            return;
        }
        monitor.layout->fill(monitor.number, update.sample);
    } else {
        const auto whole = wholes_.find(monitor.id);
        if (whole == wholes_.end() || !whole->second.structure || !whole->second.started) {
            return;
        }
        pv::Structure present = *whole->second.structure;
        present.mark(whole->second.came);
        update.sample = sample_of(channels_.at(monitor.channel), present, plain);
    }
    update.sample.mask = pv::Mask::none;
    update.sample.meta = monitor.meta;
    sink.updates({&update, 1});
    settle_soon();
}

std::size_t Client::FanOut::updates(std::span<const pv::Update> batch)
{
    for (const pv::Update& update : batch) {
        client_.fan_out(update);
    }
    return batch.size();
}

/// Who is told may end its subscription, and with it the Monitor.
void Client::fan_out(const pv::Update& update)
{
    const auto monitor = static_cast<std::uint32_t>(update.token);
    pv::Update copy = update;
    std::size_t at = 0;
    for (auto shared = shared_.find(monitor); shared != shared_.end() && at < shared->second.subscribers.size();
         shared = shared_.find(monitor)) {
        const std::uint32_t id = shared->second.subscribers[at];
        const Subscriber& subscriber = subscribers_.get(id);
        copy.token = subscriber.token;
        subscriber.sink->updates({&copy, 1});
        at += subscribers_.find(id) != nullptr ? 1 : 0; // another one has its place
    }
}

} // namespace iochron::client::pva
