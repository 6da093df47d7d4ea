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
}

void SharedPvs::settle()
{
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
    return found != nullptr && found->pv->meta_ == found->meta ? found->pv : nullptr;
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
        Opened answer;
        answer.token = request.token;
        const auto pv = look_for(request.name);
        if (pv == nullptr || !pv->is_open()) {
            answer.status = {Outcome::no_such_channel, pv == nullptr ? "" : closed_since.text};
        } else {
            answer.channel = ChannelId{channels_.insert(pv, pv->meta_).bits()};
            answer.meta = pv->meta_;
            pv->clients_.push_back({answer.channel, request.token, &sink});
        }
        answers.push_back(std::move(answer));
    }
    sink.opened(answers);
}

void SharedPvs::close(ChannelId channel)
{
    const Channel* const found = at(channel);
    if (found == nullptr) {
        return;
    }
    const std::shared_ptr<SharedPv> pv = found->pv;
    pv->forget(channel, nullptr);
    pv->unsubscribe(&channel);
    std::erase_if(pv->clients_, [&](const SharedPv::Client& client) { return client.channel == channel; });
    channels_.erase(base::Handle::from_bits(static_cast<std::uint64_t>(channel)));
}

MetaRef SharedPvs::describe(ChannelId channel)
{
    const Channel* const found = at(channel);
    return found != nullptr ? found->meta : nullptr;
}

void SharedPvs::read(const ReadRequest& request, const Peer& /*peer*/, Sink& sink)
{
    const auto pv = open_pv(request.channel);
    if (pv == nullptr) {
        sink.completed(request.token, closed_since, nullptr);
        return;
    }
    const MetaRef meta = pv->meta_;
    const Sample now = pv->sample();
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
    const SubscriptionId id{subscriptions_.insert(pv).bits()};
    pv->subscribers_.push_back({id, request.channel, request.token, request.mask, &sink});
    const Update first{request.token, pv->sample()};
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
