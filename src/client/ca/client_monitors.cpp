#include "client/ca/client.h"
#include "wire/ca/value.h"

#include <fmt/format.h>

namespace iochron::client::ca {

using wire::ca::Dbr;
using wire::ca::Family;

pv::SubscriptionId Client::subscribe(const pv::SubscribeRequest& request, pv::Sink& sink)
{
    return subscribe(request, std::nullopt, sink);
}

pv::SubscriptionId Client::subscribe_as(const pv::SubscribeRequest& request, Dbr type, pv::Sink& sink)
{
    return subscribe(request, type, sink);
}

pv::SubscriptionId Client::subscribe(const pv::SubscribeRequest& request, std::optional<Dbr> type, pv::Sink& sink)
{
    Opening* const opening = openings_.find(static_cast<std::uint32_t>(request.channel));
    const std::uint32_t id = opening != nullptr && any(request.mask) ? subscribers_.insert() : 0;
    if (id == 0) {
        log_.error("ca.client.subscribe", "a subscription was refused: {}",
                   opening == nullptr  ? "its channel is not open"
                   : any(request.mask) ? "there are too many"
                                       : "its mask is empty");
        return {};
    }
    link_front(subscribers_, opening->subscribers, id);
    Subscriber& subscriber = subscribers_.get(id);
    subscriber.opening = opening->id;
    subscriber.token = request.token;
    subscriber.sink = &sink;

    Channel& channel = channels_.get(opening->channel);
    if (options_.describe && any(request.mask & pv::Mask::property)) {
        watch_properties(channel);
    }
    Monitor wanted;
    wanted.channel = channel.id;
    wanted.mask = request.mask;
    wanted.count = request.count;
    wanted.own = request.own;
    wanted.fixed_type = type.has_value();
    wanted.type = type.value_or(Dbr{});
    Monitor* monitor = request.own ? nullptr : find_shared(channel, wanted);
    const bool is_new = monitor == nullptr;
    monitor = is_new ? monitors_.find(add_monitor(channel, wanted)) : monitor;
    if (monitor == nullptr) {
        unlink(subscribers_, opening->subscribers, subscriber);
        subscribers_.erase(id);
        log_.error("ca.client.subscribe", "a subscription was refused: there are too many");
        return {};
    }
    join(*monitor, id);
    if (is_new && channel.state == ChannelState::open) {
        start(channel, *monitor);
        touch(*channel.link);
    }
    return pv::SubscriptionId{id};
}

// One that has started can be joined when it keeps its last value, which is then the first of the one who joins.
Monitor* Client::find_shared(Channel& channel, const Monitor& wanted)
{
    for (std::uint32_t id = channel.shared_monitors; id != 0;) {
        Monitor& monitor = monitors_.get(id);
        id = monitor.next;
        const bool equal = !monitor.properties && monitor.mask == wanted.mask && monitor.count == wanted.count &&
                           monitor.fixed_type == wanted.fixed_type &&
                           (!wanted.fixed_type || monitor.type == wanted.type);
        if (equal && (!monitor.started || monitor.cached)) {
            return &monitor;
        }
    }
    return nullptr;
}

std::uint32_t Client::add_monitor(Channel& channel, const Monitor& wanted)
{
    const std::uint32_t id = monitors_.insert();
    if (id == 0) {
        return 0;
    }
    Monitor& monitor = monitors_.get(id);
    monitor = wanted;
    monitor.id = id;
    monitor.meta = channel.meta.get();
    std::uint32_t& first = wanted.own ? channel.own_monitors : channel.shared_monitors;
    // A second one beside an equal one that runs alone: more will come, so it keeps its last value.
    for (std::uint32_t other = wanted.own || wanted.properties ? 0 : first; other != 0;) {
        const Monitor& known = monitors_.get(other);
        monitor.cached |= known.mask == wanted.mask && known.count == wanted.count && !known.properties;
        other = known.next;
    }
    monitor.next = std::exchange(first, id);
    return id;
}

void Client::join(Monitor& monitor, std::uint32_t id)
{
    Subscriber& subscriber = subscribers_.get(id);
    subscriber.monitor = monitor.id;
    subscriber.next_of_monitor = std::exchange(monitor.first_subscriber, id);
    if (monitor.started && monitor.cached) {
        if (const auto last = last_values_.find(monitor.id); last != last_values_.end()) {
            pv::Update update{subscriber.token, last->second};
            update.sample.mask = pv::Mask::none;
            update.sample.meta = monitor.meta;
            subscriber.sink->updates({&update, 1});
        }
    }
    set_route(monitor);
}

// A Monitor with one subscriber tells it directly; else by way of fan_out_.
void Client::set_route(Monitor& monitor)
{
    const Subscriber* const first = subscribers_.find(monitor.first_subscriber);
    const bool alone = first != nullptr && first->next_of_monitor == 0;
    monitor.cached |= first != nullptr && !alone;
    const bool direct = alone && !monitor.cached;
    monitor.sink = direct ? first->sink : &fan_out_;
    monitor.token = direct ? first->token : pv::Token{monitor.id};
}

void Client::unsubscribe(pv::SubscriptionId id)
{
    Subscriber* const subscriber = subscribers_.find(static_cast<std::uint32_t>(id));
    if (subscriber == nullptr) {
        return;
    }
    Monitor& monitor = monitors_.get(subscriber->monitor);
    leave(monitor, subscriber->id);
    unlink(subscribers_, openings_.get(subscriber->opening).subscribers, *subscriber);
    subscribers_.erase(subscriber->id);
}

void Client::leave(Monitor& monitor, std::uint32_t id)
{
    std::uint32_t* next = &monitor.first_subscriber;
    while (*next != id) {
        next = &subscribers_.get(*next).next_of_monitor;
    }
    *next = subscribers_.get(id).next_of_monitor;
    if (monitor.first_subscriber == 0) {
        remove(monitor);
    } else {
        set_route(monitor);
    }
}

void Client::remove(Monitor& monitor)
{
    Channel& channel = channels_.get(monitor.channel);
    if (monitor.circuit != 0) {
        channel.link->circuit_->unsubscribe(channel.sid, monitor);
        touch(*channel.link);
    }
    std::uint32_t* next = monitor.own ? &channel.own_monitors : &channel.shared_monitors;
    while (*next != monitor.id) {
        next = &monitors_.get(*next).next;
    }
    *next = monitor.next;
    last_values_.erase(monitor.id);
    monitors_.erase(monitor.id);
}

// Property events come on a subscription of our own, in the form that holds the properties.
void Client::watch_properties(Channel& channel)
{
    bool watched = false;
    each_monitor(channel, [&](const Monitor& monitor) { watched |= monitor.properties; });
    if (watched) {
        return;
    }
    Monitor wanted;
    wanted.channel = channel.id;
    wanted.mask = pv::Mask::property;
    wanted.properties = true;
    wanted.count = 1;
    Monitor* const monitor = monitors_.find(add_monitor(channel, wanted));
    if (monitor != nullptr && channel.state == ChannelState::open) {
        start(channel, *monitor);
        touch(*channel.link);
    }
}

void Client::start(Channel& channel, Monitor& monitor)
{
    Circuit& circuit = *channel.link->circuit_;
    if (!monitor.fixed_type) {
        monitor.type = dbr_of(monitor.properties ? Family::ctrl : Family::time, channel.native);
    }
    monitor.is_array = channel.count != 1;
    if (monitor.count == 0 && circuit.minor() < wire::ca::minor_dynamic) {
        monitor.count = channel.count;
    }
    circuit.subscribe(channel.sid, monitor);
}

void Client::start_monitors(Channel& channel)
{
    for (const bool properties : {true, false}) { // rsrv posts in this order: the Meta first, then who looks at it
        each_monitor(channel, [&](Monitor& monitor) {
            if (monitor.properties == properties) {
                start(channel, monitor);
            }
        });
    }
}

void Client::stop_monitors(Channel& channel)
{
    each_monitor(channel, [](Monitor& monitor) {
        monitor.circuit = 0;
        monitor.started = false;
    });
}

void Client::monitor_failed(wire::ca::SubId id, wire::ca::Eca status)
{
    Monitor* const monitor = monitors_.find(static_cast<std::uint32_t>(id));
    if (monitor == nullptr) {
        return;
    }
    batch_.flush(); // what came before
    const std::string name = *channels_.get(monitor->channel).name;
    const pv::Status why(pv::Outcome::get_failed, std::string(wire::ca::text(status)));
    Told told;
    for (std::uint32_t at = monitor->first_subscriber; at != 0; at = subscribers_.get(at).next_of_monitor) {
        told.emplace_back(subscribers_.get(at).sink, subscribers_.get(at).token);
    }
    if (!tell_ended(told, why)) {
        log_.warning("ca.client.monitor", "the subscription of {} failed: {}", name, why.text);
    }
}

std::size_t Client::FanOut::updates(std::span<const pv::Update> batch)
{
    for (const pv::Update& update : batch) {
        client_.fan_out(update);
    }
    return batch.size();
}

void Client::fan_out(const pv::Update& update)
{
    const Monitor& monitor = monitors_.get(static_cast<std::uint32_t>(update.token));
    last_values_[monitor.id] = update.sample;
    pv::Update copy = update;
    for (std::uint32_t id = monitor.first_subscriber; id != 0;) {
        const Subscriber& subscriber = subscribers_.get(id);
        id = subscriber.next_of_monitor;
        copy.token = subscriber.token;
        subscriber.sink->updates({&copy, 1});
    }
}

void Client::properties(Monitor& monitor, Dbr type, std::uint32_t count, std::span<const std::byte> data)
{
    const bool first = !std::exchange(monitor.started, true); // was read when the channel opened
    Channel& channel = channels_.get(monitor.channel);
    auto meta = std::make_shared<pv::Meta>(basic_meta(channel.native, channel.count));
    if (!wire::ca::decode_value(type, count, data, {}, meta.get()) || first) {
        return;
    }
    set_meta(channel, std::move(meta));
    tell_opened();
    std::vector<std::pair<pv::Sink*, pv::Token>> told;
    for (std::uint32_t at = channel.openings; at != 0; at = openings_.get(at).next) {
        told.emplace_back(openings_.get(at).sink, openings_.get(at).token);
    }
    const pv::MetaRef present = channel.meta;
    for (const auto& [sink, token] : told) {
        sink->meta_changed(token, present);
    }
}

std::uint64_t Client::received(pv::SubscriptionId id)
{
    const Subscriber* const subscriber = subscribers_.find(static_cast<std::uint32_t>(id));
    return subscriber != nullptr ? monitors_.get(subscriber->monitor).received : 0;
}

} // namespace iochron::client::ca
