#include "pv/shared_pv.h"

#include <algorithm>

namespace iochron::pv {

namespace {

const Status closed_since{Outcome::disconnected, "the PV is closed: its server offers no value at present"};

} // namespace

SharedPvs::~SharedPvs()
{
    due_ = nullptr;
    for (auto& [name, pv] : table_) {
        pv->close();
        pv->owner_ = nullptr;
    }
}

bool SharedPvs::add(std::string name, std::shared_ptr<SharedPv> pv)
{
    if (pv->owner_ != nullptr) {
        return false;
    }
    const auto [place, added] = table_.try_emplace(std::move(name), std::move(pv));
    if (added) {
        place->second->owner_ = this;
    }
    return added;
}

void SharedPvs::remove(std::string_view name)
{
    const auto found = table_.find(name);
    if (found == table_.end()) {
        return;
    }
    const std::shared_ptr<SharedPv> pv = found->second;
    table_.erase(found);
    pv->close();
    pv->owner_ = nullptr;
    std::erase(outgrown_, pv.get());
}

void SharedPvs::settle()
{
    for (SharedPv* const pv : std::exchange(outgrown_, {})) {
        pv->lose(true, {Outcome::disconnected, "the array is longer now than the channel can carry"});
    }
    for (Sink* const sink : std::exchange(touched_, {})) {
        sink->settled();
    }
}

std::shared_ptr<SharedPv> SharedPvs::look_for(std::string_view name)
{
    if (const auto found = table_.find(name); found != table_.end()) {
        return found->second;
    }
    std::shared_ptr<SharedPv> made = names_ ? names_(name) : nullptr;
    if (made != nullptr) {
        return add(std::string(name), made) ? made : nullptr;
    }
    const auto added = names_ ? table_.find(name) : table_.end();
    return added != table_.end() ? added->second : nullptr;
}

SharedPvs::Channel* SharedPvs::at(ChannelId channel)
{
    return channels_.find(base::Handle::from_bits(static_cast<std::uint64_t>(channel)));
}

std::shared_ptr<SharedPv> SharedPvs::open_pv(ChannelId channel)
{
    const Channel* const found = at(channel);
    const bool lives = found != nullptr && found->pv->meta_ == found->meta &&
                       (!found->plain || found->plain_life == found->pv->plain_lives_);
    return lives ? found->pv : nullptr;
}

void SharedPvs::find(std::span<const std::string_view> names, std::span<Presence> found)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto pv = look_for(names[i]);
        found[i] = pv != nullptr && pv->is_open() ? Presence::here : Presence::absent;
    }
}

void SharedPvs::open(std::span<const OpenRequest> requests, const Peer& /*peer*/, Sink& sink)
{
    std::vector<Opened> answers;
    answers.reserve(requests.size());
    for (const OpenRequest& request : requests) {
        answers.push_back(open_one(request, look_for(request.name), false, sink));
    }
    sink.opened(answers);
}

Opened SharedPvs::open_one(const OpenRequest& request, const std::shared_ptr<SharedPv>& pv, bool plain, Sink& sink)
{
    Opened answer;
    answer.token = request.token;
    if (pv == nullptr || !pv->is_open()) {
        answer.status = {Outcome::no_such_channel, pv == nullptr ? "" : closed_since.text};
    } else if (plain && pv->plain_meta_ == nullptr) {
        answer.status = {Outcome::no_such_channel, "the PV is a structure without a plain value"};
    } else {
        answer.channel = ChannelId{channels_.insert(pv, pv->meta_, plain, pv->plain_lives_, pv->plain_meta_).bits()};
        answer.meta = plain ? pv->plain_meta_ : pv->meta_;
        pv->clients_.push_back({answer.channel, request.token, &sink, plain, pv->plain_lives_});
    }
    return answer;
}

void SharedPvs::close(ChannelId channel)
{
    const Channel* const found = at(channel);
    if (found == nullptr) {
        return;
    }
    const std::shared_ptr<SharedPv> pv = found->pv;
    pv->forget(channel, nullptr);
    pv->unsubscribe(channel);
    std::erase_if(pv->clients_, [&](const SharedPv::Client& client) { return client.channel == channel; });
    channels_.erase(base::Handle::from_bits(static_cast<std::uint64_t>(channel)));
}

MetaRef SharedPvs::describe(ChannelId channel)
{
    Channel* const found = at(channel);
    if (found == nullptr || !found->plain) {
        return found != nullptr ? found->meta : nullptr;
    }
    if (open_pv(channel) != nullptr) {
        found->plain_meta = found->pv->plain_meta_;
    }
    return found->plain_meta;
}

void SharedPvs::read(const ReadRequest& request, const Peer& /*peer*/, Sink& sink)
{
    const auto pv = open_pv(request.channel);
    if (pv == nullptr) {
        sink.completed(request.token, closed_since, nullptr);
        return;
    }
    const MetaRef meta = describe(request.channel);
    std::optional<Plain> plain;
    const Sample now = at(request.channel)->plain ? pv->plain_sample(plain) : pv->sample();
    sink.completed(request.token, {}, &now);
}

void SharedPvs::write(const WriteRequest& request, const Peer& peer, Sink& sink)
{
    const auto pv = open_pv(request.channel);
    if (pv == nullptr) {
        sink.completed(request.token, closed_since, nullptr);
    } else if (request.kind != WriteKind::value) {
        sink.completed(request.token, {Outcome::unsupported, "this PV has no alarms to acknowledge"}, nullptr);
    } else {
        pv->write(request, peer, sink);
    }
}

void SharedPvs::rpc(ChannelId channel, Token token, const Value& arguments, const Peer& peer, Sink& sink)
{
    const auto pv = open_pv(channel);
    if (pv == nullptr) {
        sink.completed(token, closed_since, nullptr);
    } else if (!pv->rpc_) {
        Source::rpc(channel, token, arguments, peer, sink);
    } else {
        pv->rpc_(*pv, arguments, peer, pv->begin(channel, token, true, sink));
    }
}

void SharedPvs::cancel(ChannelId channel, Token operation, Sink& /*sink*/)
{
    if (const Channel* const found = at(channel)) {
        found->pv->forget(channel, &operation);
    }
}

SubscriptionId SharedPvs::subscribe(const SubscribeRequest& request, Sink& sink)
{
    const auto pv = open_pv(request.channel);
    if (pv == nullptr) {
        return SubscriptionId{}; // its end was told already, by closed()
    }
    const bool is_plain = at(request.channel)->plain;
    const SubscriptionId id{subscriptions_.insert(pv).bits()};
    pv->subscribers_.push_back({id, request.channel, request.token, request.mask, &sink, is_plain});
    std::optional<Plain> plain;
    const Update first{request.token, is_plain ? pv->plain_sample(plain) : pv->sample()};
    pv->touched(sink);
    sink.updates({&first, 1});
    return id;
}

void SharedPvs::unsubscribe(SubscriptionId subscription)
{
    const auto handle = base::Handle::from_bits(static_cast<std::uint64_t>(subscription));
    if (const auto* const found = subscriptions_.find(handle)) {
        const std::shared_ptr<SharedPv> pv = *found;
        std::erase_if(pv->subscribers_, [&](const SharedPv::Subscriber& s) { return s.id == subscription; });
        subscriptions_.erase(handle);
    }
}

} // namespace iochron::pv
