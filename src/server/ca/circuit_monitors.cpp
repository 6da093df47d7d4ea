// Subscriptions of a circuit's channels.
#include "server/ca/circuit.h"
#include "server/ca/frames.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"

#include <algorithm>
#include <utility>

namespace iochron::server::ca {
namespace {

using wire::ca::Dbr;
using wire::ca::Eca;

constexpr std::uint16_t known_mask = 0xF; ///< value, log, alarm, property; other bits are ignored

/// Types that only a put can have.
bool only_written(Dbr type)
{
    return type == Dbr::put_ackt || type == Dbr::put_acks;
}

} // namespace

void Circuit::event_add(const Message& message)
{
    const auto add = decode_event_add(message.header, message.payload);
    const ChannelIndex index = channel_of(message);
    if (index == none) {
        return;
    }
    const std::uint32_t cid = channels_[index].cid;
    if (!add || add->mask == 0) {
        error(message.header, Eca::badmask, add ? "the event mask is empty" : add.error().what, cid);
        return;
    }
    if (!is_valid(add->type) || only_written(add->type)) {
        error(message.header, Eca::badtype, "no such type can be subscribed to", cid);
        return;
    }
    if (subscriptions_ >= service_.around().limits.subscriptions) {
        error(message.header, Eca::allocmem, "too many subscriptions on this circuit", cid);
        return;
    }
    if (!fits(message, index, add->count)) {
        return;
    }
    const auto id = static_cast<std::uint32_t>(add->subscription);
    const Form form{static_cast<std::uint8_t>(add->type), add->count,
                    pv::Mask{static_cast<std::uint8_t>(add->mask & known_mask)}};
    const GroupIndex group = service_.subscribe(channels_[index].pv, form, {lane_, wire_id(id)});
    ++subscriptions_;
    if (ids_.add(id)) {
        backlog_.keep_all_of(id, true);
    }
    if (channels_[index].first_group == none) {
        channels_[index].first_id = id;
        channels_[index].first_group = group;
    } else {
        extra(index).subscriptions.push_back({id, group});
    }
}

void Circuit::event_cancel(const Message& message)
{
    const wire::ca::EventCancel cancel = decode_event_cancel(message.header);
    const ChannelIndex index = channel_of(message);
    if (index == none) {
        return;
    }
    const auto id = static_cast<std::uint32_t>(cancel.subscription);
    const GroupIndex group = take_subscription(channels_[index], id);
    if (group == none) {
        error(message.header, Eca::badmonid, "the channel has no subscription of that id", channels_[index].cid);
        return;
    }
    const Group& form = service_.group(group);
    const wire::ca::CancelConfirm confirm{
        .type = Dbr{form.type}, .count = form.count, .sid = cancel.sid, .subscription = cancel.subscription};
    end_subscription(id, group);
    encode(backlog_.updates(), confirm); // behind the updates that were made before it: none may follow it
}

/// Strikes a subscription off the channel's list, and gives its group; none where it has no such.
GroupIndex Circuit::take_subscription(Channel& channel, std::uint32_t id)
{
    std::vector<Subscription>* const more = channel.extra == none ? nullptr : &extras_[channel.extra].subscriptions;
    if (channel.first_group != none && channel.first_id == id) {
        const GroupIndex group = std::exchange(channel.first_group, none);
        if (more != nullptr && !more->empty()) {
            channel.first_id = more->back().id;
            channel.first_group = more->back().group;
            more->pop_back();
        }
        return group;
    }
    if (more == nullptr) {
        return none;
    }
    const auto found = std::ranges::find(*more, id, &Subscription::id);
    if (found == more->end()) {
        return none;
    }
    const GroupIndex group = found->group;
    *found = more->back();
    more->pop_back();
    return group;
}

void Circuit::end_subscription(std::uint32_t id, GroupIndex group)
{
    service_.unsubscribe(group, {lane_, wire_id(id)});
    backlog_.forget(id);
    if (ids_.remove(id)) {
        backlog_.keep_all_of(id, false);
    }
    --subscriptions_;
}

void Circuit::end_subscriptions(ChannelIndex index)
{
    Channel& channel = channels_[index];
    if (channel.first_group != none) {
        end_subscription(channel.first_id, std::exchange(channel.first_group, none));
    }
    if (channel.extra != none) {
        for (const Subscription& subscription : std::exchange(extras_[channel.extra].subscriptions, {})) {
            end_subscription(subscription.id, subscription.group);
        }
    }
}

} // namespace iochron::server::ca
