// What the Service does about PVs: opening them at the Sources, sharing them, letting go of them.
#include "server/service.h"

#include <algorithm>
#include <ranges>

namespace iochron::server {

Identity Service::identity(const pv::Peer& peer)
{
    if (!std::ranges::any_of(around_.sources, [](const pv::Source* source) { return source->judges_peers(); })) {
        return 0;
    }
    const auto next = static_cast<Identity>(identities_.size() + 1);
    return identities_
        .try_emplace({peer.account, peer.host + ' ' + peer.address.substr(0, peer.address.find(':'))}, next)
        .first->second;
}

/// A name with a filter is opened for one channel alone, since filters such as dbnd and dec keep state per channel.
PvIndex Service::open(std::string_view name, Session& session, ChannelIndex channel)
{
    const bool shared = name.find('{') == std::string_view::npos;
    PvIndex index = shared ? pvs_.find(name, session.identity()) : none;
    if (index == none) {
        index = pvs_.add(name, session.identity(), shared);
        to_open_.push_back(index);
    }
    ++pvs_.at(index).channels;
    if (pvs_.at(index).state == Pv::State::opening) {
        wait_for(index, session.lane(), channel);
    }
    return index;
}

void Service::wait_for(PvIndex index, LaneIndex lane, ChannelIndex channel)
{
    std::uint32_t place = free_waiting_;
    if (place == none) {
        place = static_cast<std::uint32_t>(waiting_.size());
        waiting_.emplace_back();
    } else {
        free_waiting_ = waiting_[place].next;
    }
    waiting_[place] = {lane, channel, std::exchange(pvs_.at(index).first_link, place)};
}

void Service::stop_waiting(PvIndex index, LaneIndex lane, ChannelIndex channel)
{
    for (std::uint32_t* link = &pvs_.at(index).first_link; *link != none; link = &waiting_[*link].next) {
        const std::uint32_t place = *link;
        if (waiting_[place].lane == lane && waiting_[place].channel == channel) {
            *link = waiting_[place].next;
            waiting_[place].next = std::exchange(free_waiting_, place);
            return;
        }
    }
}

const pv::Peer& Service::first_asker(PvIndex index) const
{
    return sessions_[waiting_[pvs_.at(index).first_link].lane]->peer();
}

void Service::open_pending()
{
    if (opening_ || to_open_.empty()) {
        return;
    }
    opening_ = true;
    while (!to_open_.empty()) {
        std::vector<PvIndex> asked = std::exchange(to_open_, {});
        std::erase_if(asked, [&](PvIndex index) { return pvs_.at(index).state != Pv::State::opening; });
        for (std::size_t at = 0; at < asked.size();) {
            const std::uint8_t source = pvs_.at(asked[at]).source;
            const pv::Peer& peer = first_asker(asked[at]);
            std::vector<pv::OpenRequest> requests;
            for (; at < asked.size() && pvs_.at(asked[at]).source == source && &first_asker(asked[at]) == &peer; ++at) {
                requests.push_back({pvs_.name(asked[at]), pv::Token{asked[at]}});
            }
            around_.sources[source]->open(requests, peer, *this);
        }
    }
    opening_ = false;
}

void Service::opened(std::span<const pv::Opened> answers)
{
    for (const pv::Opened& answer : answers) {
        opened(answer);
    }
    open_pending();
}

void Service::opened(const pv::Opened& got)
{
    const auto index = static_cast<PvIndex>(got.token);
    Pv& pv = pvs_.at(index);
    if (pv.state == Pv::State::abandoned) {
        if (got.status.ok()) {
            source(index).close(got.channel);
        }
        pvs_.remove(index);
    } else if (pv.state != Pv::State::opening) {
        return; // one that was gone is back: its channels have been told to search again
    } else if (got.status.ok()) {
        pv.channel = got.channel;
        pv.rights = got.rights;
        pv.state = Pv::State::open;
        answer(index, {});
    } else if (pv.source + 1u < around_.sources.size()) {
        ++pv.source;
        to_open_.push_back(index);
    } else {
        answer(index, got.status);
    }
}

void Service::answer(PvIndex index, const pv::Status& status)
{
    std::vector<Waiting> answered; // newest first
    for (std::uint32_t place = std::exchange(pvs_.at(index).first_link, none); place != none;) {
        answered.push_back(waiting_[place]);
        waiting_[place].next = std::exchange(free_waiting_, place);
        place = answered.back().next;
    }
    for (const Waiting& waiting : answered | std::views::reverse) {
        sessions_[waiting.lane]->opened(waiting.channel, status);
        touch(waiting.lane);
    }
    if (!status.ok()) {
        pvs_.remove(index);
    }
}

void Service::release(PvIndex index, LaneIndex lane, ChannelIndex channel)
{
    Pv& pv = pvs_.at(index);
    if (pv.state == Pv::State::opening) {
        stop_waiting(index, lane, channel);
    }
    if (--pv.channels > 0) {
        return;
    }
    if (pv.state == Pv::State::opening) {
        pv.state = Pv::State::abandoned;
        pvs_.hide(index);
    } else {
        source(index).close(pv.channel);
        pvs_.remove(index);
    }
}

pv::MetaRef Service::describe(PvIndex index)
{
    return source(index).describe(pvs_.at(index).channel);
}

void Service::rights_changed(pv::Token token, pv::Rights rights)
{
    const auto index = static_cast<PvIndex>(token);
    if (pvs_.at(index).rights != rights) {
        pvs_.at(index).rights = rights;
        rights_changed_.push_back(index);
    }
}

/// Nothing to do: a client asks for properties when it wants them, or subscribes to them.
void Service::meta_changed(pv::Token /*channel*/, const pv::MetaRef& /*meta*/) {}

/// Clients are told to search again, and may find it elsewhere. A network source that has it back later is asked anew.
void Service::closed(pv::Token token, const pv::Status& /*why*/)
{
    const auto index = static_cast<PvIndex>(token);
    if (pvs_.at(index).state == Pv::State::open) {
        pvs_.at(index).state = Pv::State::gone;
        pvs_.hide(index);
        gone_.push_back(index);
    }
}

} // namespace iochron::server
