// Subscriptions of the client: one monitor each, which starts again with its channel.
#include "client/pva/link.h"
#include "wire/pva/bit_set.h"

#include <algorithm>

namespace iochron::client::pva {
namespace {

using wire::pva::Command;
using wire::pva::Encoder;

// Bits of a monitor's subcommand.
constexpr std::uint8_t init = 0x08;
constexpr std::uint8_t last = 0x10;
constexpr std::uint8_t start_bits = 0x44;
constexpr std::uint8_t grant = 0x80; ///< at INIT: what may be sent; by itself: how many more

} // namespace

pv::SubscriptionId Client::subscribe(const pv::SubscribeRequest& request, pv::Sink& sink)
{
    return subscribe(request, Wanted{}, sink);
}

pv::SubscriptionId Client::structures(const pv::SubscribeRequest& request, pv::Value asked, pv::Sink& sink)
{
    return subscribe(request, Wanted{.asked = std::move(asked), .whole = true}, sink);
}

pv::SubscriptionId Client::subscribe(const pv::SubscribeRequest& request, const Wanted& wanted, pv::Sink& sink)
{
    Opening* const opening = openings_.find(static_cast<std::uint32_t>(request.channel));
    if (opening == nullptr) {
        log_.error("pva.client.subscribe", "a subscription was refused: its channel is not open");
        return {};
    }
    const Pipeline pipeline = pipeline_of(wanted.asked);
    const bool alone = request.own || pipeline.window != 0;
    if (Monitor* const known = alone ? nullptr : find_shared(channels_.at(opening->channel), wanted)) {
        return join(*known, opening->id, request.token, sink);
    }
    Monitor* const monitor = add_monitor(opening->channel);
    if (monitor == nullptr) {
        return {};
    }
    if (wanted.whole) {
        WholeState& state = wholes_[monitor->id];
        state.pipeline = pipeline;
        state.asked = wanted.asked;
    }
    auto subscription = pv::SubscriptionId{monitor->id};
    if (alone) {
        monitor->token = request.token;
        monitor->sink = &sink;
        opening->subscriptions.push_back(subscription);
    } else {
        shared_.emplace(monitor->id, Shared{wanted, {}, false});
        subscription = join(*monitor, opening->id, request.token, sink);
        if (subscription == pv::SubscriptionId{}) {
            remove(*monitor, false);
            return {};
        }
    }
    start(*monitor);
    return subscription;
}

/// Null where there are too many.
Monitor* Client::add_monitor(std::uint32_t channel_id)
{
    const std::uint32_t id = monitors_.insert();
    if (id == 0) {
        log_.error("pva.client.subscribe", "a subscription was refused: there are too many");
        return nullptr;
    }
    Monitor& monitor = monitors_.get(id);
    monitor.channel = channel_id;
    Channel& channel = channels_.at(channel_id);
    monitor.meta = channel.meta.get();
    channel.monitors.push_back(id);
    return &monitor;
}

/// 0 where there is no such subscription.
std::uint32_t Client::monitor_of(pv::SubscriptionId subscription) const
{
    const auto id = static_cast<std::uint64_t>(subscription);
    if ((id & shared_bit) == 0) {
        return static_cast<std::uint32_t>(id);
    }
    const Subscriber* const subscriber = subscribers_.find(static_cast<std::uint32_t>(id));
    return subscriber != nullptr ? subscriber->monitor : 0;
}

void Client::credit(pv::SubscriptionId subscription, std::uint32_t updates)
{
    const auto found = wholes_.find(static_cast<std::uint32_t>(subscription));
    if (found == wholes_.end() || found->second.pipeline.window == 0 || !found->second.structure) {
        return;
    }
    WholeState& state = found->second;
    state.to_grant += updates;
    if (state.to_grant < state.pipeline.grant_at) {
        return;
    }
    const Channel& channel = channels_.at(monitors_.get(found->first).channel);
    channel.link->connection_->request(Command::monitor, channel.sid, found->first, grant,
                                       [&](Encoder& encoder) { encoder.u32(std::exchange(state.to_grant, 0)); });
    channel.link->touch();
}

void Client::unsubscribe(pv::SubscriptionId subscription)
{
    const Monitor* const monitor = monitors_.find(monitor_of(subscription));
    if (monitor == nullptr) {
        return;
    }
    if (subscriber_of(subscription) == nullptr) {
        for (const std::uint32_t opening : channels_.at(monitor->channel).openings) {
            std::erase(openings_.get(opening).subscriptions, subscription);
        }
    }
    end_subscription(subscription, true);
}

/// Its opening need not name it any more.
void Client::end_subscription(pv::SubscriptionId subscription, bool tell_server)
{
    Monitor& monitor = monitors_.get(monitor_of(subscription));
    if (Subscriber* const subscriber = subscriber_of(subscription)) {
        batch_.flush(); // the others shall have what has come for all
        leave(*subscriber);
        if (!shared_.at(monitor.id).subscribers.empty()) {
            set_route(monitor);
            return;
        }
    }
    remove(monitor, tell_server);
}

void Client::remove(Monitor& monitor, bool tell_server)
{
    Channel& channel = channels_.at(monitor.channel);
    std::erase(channel.monitors, monitor.id);
    if (tell_server && channel.link != nullptr && channel.state >= Channel::State::describing) {
        channel.link->connection_->destroy_request(channel.sid, monitor.id);
        channel.link->touch();
    }
    wholes_.erase(monitor.id);
    shared_.erase(monitor.id);
    overruns_.erase(monitor.id);
    monitors_.erase(monitor.id);
}

/// At once where its channel is open, else when it is.
void Client::start(Monitor& monitor)
{
    const Channel& channel = channels_.at(monitor.channel);
    if (channel.state != Channel::State::open) {
        return;
    }
    const auto whole = wholes_.find(monitor.id);
    const bool asks = whole != wholes_.end() && !whole->second.asked.empty();
    const std::uint32_t window = whole != wholes_.end() ? whole->second.pipeline.window : 0;
    channel.link->connection_->request(Command::monitor, channel.sid, monitor.id, window != 0 ? init | grant : init,
                                       [&](Encoder& encoder) {
                                           write_typed(encoder, asks ? whole->second.asked : everything());
                                           if (window != 0) {
                                               encoder.u32(window);
                                           }
                                       });
    channel.link->touch();
}

/// Until its channel is there again.
void Client::stop_monitors(Channel& channel)
{
    for (const std::uint32_t id : channel.monitors) {
        monitors_.get(id).layout = nullptr;
        monitors_.get(id).number = {};
        if (const auto whole = wholes_.find(id); whole != wholes_.end()) {
            whole->second.structure.reset();
            whole->second.to_grant = 0;
            whole->second.started = false;
            whole->second.came.clear();
        }
        if (const auto shared = shared_.find(id); shared != shared_.end()) {
            shared->second.ended = false;
        }
    }
}

bool Client::answered(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types)
{
    const std::uint8_t subcommand = reader.u8();
    if ((subcommand & init) != 0) {
        return initialized(monitor, reader, types);
    }
    if ((subcommand & last) != 0) {
        return finished(monitor, reader, types);
    }
    return updated(monitor, reader, types);
}

/// The server has ended it, perhaps with an update that is the last.
bool Client::finished(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types)
{
    const pv::Status why = to_pv_status(wire::pva::read_status(reader), pv::Outcome::get_failed);
    if (!reader.ok()) {
        return false;
    }
    const std::uint32_t id = monitor.id;
    if (why.ok() && reader.left() > 0 && !updated(monitor, reader, types)) {
        return false;
    }
    if (const Monitor* const still = monitors_.find(id)) { // who took the update may have ended it
        ended(*still, why);
    }
    return true;
}

bool Client::updated(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types)
{
    if (monitor.layout == nullptr) {
        const auto whole = wholes_.find(monitor.id);
        return whole != wholes_.end() && updated(monitor, whole->second, reader, types);
    }
    const pv::Structure& update = monitor.layout->read(reader, types);
    const bool overrun = overran(monitor, update.type(), reader);
    if (!reader.ok()) {
        return false;
    }
    updated(monitor, update, overrun);
    return true;
}

/// Whether an update stands for older ones too; counts it.
bool Client::overran(const Monitor& monitor, const pv::TypeRef& type, base::Reader& reader)
{
    const pv::BitSet marked = wire::pva::read_bit_set(reader);
    if (!reader.ok() || marked.none()) {
        return false;
    }
    overruns_[monitor.id].add(type, marked);
    return true;
}

Overruns Client::overruns(pv::SubscriptionId subscription) const
{
    const auto found = overruns_.find(monitor_of(subscription));
    return found != overruns_.end() ? found->second.so_far() : Overruns{};
}

bool Client::initialized(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types)
{
    const wire::pva::Status status = wire::pva::read_status(reader);
    const pv::TypeRef type = status.success() ? types.read(reader) : nullptr;
    if (!reader.ok()) {
        return false;
    }
    if (type && type->is(pv::Type::Form::structure)) {
        run(monitor, type);
    } else {
        ended(monitor, {pv::Outcome::get_failed, status.success() ? "it is no structure" : status.message});
    }
    return true;
}

void Client::run(Monitor& monitor, const pv::TypeRef& type)
{
    const Channel& channel = channels_.at(monitor.channel);
    const bool whole = options_.structures || channel.bare || wholes_.contains(monitor.id);
    Layout* const layout = whole ? nullptr : channel.link->connection_->layout_of(type);
    if (layout != nullptr && layout->scalar() == channel.meta->type && !channel.meta->is_array) {
        monitor.layout = layout;
    } else {
        wholes_[monitor.id].structure.emplace(type);
    }
    channel.link->connection_->request(Command::monitor, channel.sid, monitor.id, start_bits);
    channel.link->touch();
}

/// The long way of a number: its first update, changed properties, and what is rare.
void Client::updated(Monitor& monitor, const pv::Structure& update, bool overrun)
{
    const Channel& channel = channels_.at(monitor.channel);
    monitor.layout->take(update, monitor.number);
    if (monitor.layout->marks_properties(update)) {
        pv::Meta meta = *channel.meta;
        update_plain_meta(update, meta);
        if (meta != *channel.meta) {
            const std::uint32_t id = monitor.id;
            if (properties_changed(monitor, std::make_shared<pv::Meta>(std::move(meta)))) {
                tell(batch_, monitors_.get(id), pv::Mask::property).overrun = overrun;
            }
            return;
        }
    }
    tell(batch_, monitor).overrun = overrun;
}

bool Client::updated(Monitor& monitor, WholeState& state, base::Reader& reader, wire::pva::TypeCache& types)
{
    if (!state.structure) {
        return false;
    }
    pv::Structure& structure = *state.structure;
    structure.unmark_all();
    const pv::BufferRef& holder = channels_.at(monitor.channel).link->connection_->holder();
    wire::pva::ValueReader(reader, types, holder).marked(structure);
    const bool overrun = overran(monitor, structure.type(), reader);
    if (!reader.ok()) {
        return false;
    }
    state.came |= structure.marked();
    const auto marks = [&](std::string_view path) {
        const auto field = structure.type()->find(path);
        return field && structure.is_marked(*field);
    };
    const bool property = marks("display") || marks("value.choices");
    const std::uint32_t id = monitor.id;
    if (property && !channels_.at(monitor.channel).bare) {
        pv::MetaRef meta = meta_of(channels_.at(monitor.channel), structure);
        if (*meta != *channels_.at(monitor.channel).meta && !properties_changed(monitor, std::move(meta))) {
            return true;
        }
    }
    const Monitor& still = monitors_.get(id); // who was told may have subscribed to more
    const pv::Mask mask = property ? pv::Mask::value | pv::Mask::property : pv::Mask::value;
    pv::Sample& place = batch_.add(*still.sink, still.token, still.meta, pv::Mask::none);
    place = sample_of(channels_.at(still.channel), structure, state.plain);
    place.mask = std::exchange(state.started, true) ? mask : pv::Mask::none;
    place.overrun = overrun;
    batch_.holds_more();
    batch_.flush(); // it borrows from the state
    return true;
}

/// False where the one who was told has ended the monitor.
bool Client::properties_changed(const Monitor& monitor, pv::MetaRef meta)
{
    batch_.flush(); // it refers to the old one
    const std::uint32_t id = monitor.id;
    Channel& channel = channels_.at(monitor.channel);
    const pv::MetaRef old = channel.meta;
    set_meta(channel, meta);
    for (const std::uint32_t opening_id : openings_that_are(monitor.channel, true)) {
        if (const Opening* const opening = openings_.find(opening_id)) {
            opening->sink->meta_changed(opening->token, meta);
        }
    }
    return monitors_.find(id) != nullptr;
}

void Client::settled()
{
    batch_.flush();
    sinks_.settle();
}

/// What was told within a call of the caller's is a piece of work too.
void Client::settle_soon()
{
    if (std::exchange(settles_soon_, true)) {
        return;
    }
    shard_.post([this, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) {
            settles_soon_ = false;
            settled();
        }
    });
}

} // namespace iochron::client::pva
