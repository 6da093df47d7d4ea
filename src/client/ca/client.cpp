#include "client/ca/client.h"

#include "base/limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::ca {

Client::Client(reactor::Shard& shard, Settings settings, base::Log& log, ClientOptions options)
    : shard_(shard), settings_(std::move(settings)), log_(log), options_(options), streams_(std::in_place, shard),
      name_server_timer_(shard), searcher_(shard, settings_, *this, log)
{
    for (const std::string& warning : settings_.warnings) {
        log_.warning("ca.client.settings", "{}", warning);
    }
    find_name_servers();
}

Client::~Client()
{
    shard_.forget(*this);
    alive_.reset();
    sinks_.clear(); // nobody is told any more
    answers_.clear();
    channels_.each([](Channel& channel) {
        channel.openings = 0;
        channel.link = nullptr;
    });
    for (const auto& link : links_) {
        link->channels_.clear();
        link->connect_.reset();
    }
    name_servers_.clear();
    streams_.reset();
}

void Client::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    finder_.find(names, found);
}

void Client::open(std::span<const pv::OpenRequest> requests, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    for (const pv::OpenRequest& request : requests) {
        open_channel(request, sink);
    }
}

pv::ChannelId Client::open_channel(const pv::OpenRequest& request, pv::Sink& sink)
{
    if (request.name.empty() || request.name.size() > base::Limits{}.name_bytes) {
        refuse(request, sink,
               {pv::Outcome::no_such_channel, fmt::format("a name of {} characters cannot be searched (1 to {} can)",
                                                          request.name.size(), base::Limits{}.name_bytes)});
        return {};
    }
    const auto [entry, is_new] = index_.try_emplace(std::string(request.name));
    if (is_new) {
        entry->second = channels_.insert();
        if (entry->second == 0) {
            index_.erase(entry);
            refuse(request, sink, {pv::Outcome::too_large, fmt::format("more than {} channels", channels_.most)});
            return {};
        }
        channels_.get(entry->second).name = &entry->first;
    }
    const std::uint32_t id = openings_.insert();
    if (id == 0) {
        refuse(request, sink, {pv::Outcome::too_large, fmt::format("more than {} channels", openings_.most)});
        return {};
    }
    Channel& channel = channels_.get(entry->second);
    Opening& opening = openings_.get(id);
    opening.channel = channel.id;
    opening.token = request.token;
    opening.sink = &sink;
    opening.next = std::exchange(channel.openings, id);
    sinks_.use(sink);
    if (is_new) {
        searcher_.add(channels_.place(channel.id), 0);
    } else if (channel.state == ChannelState::open) {
        answer(opening);
    }
    return pv::ChannelId{id};
}

void Client::refuse(const pv::OpenRequest& request, pv::Sink& sink, pv::Status status)
{
    pv::Opened opened;
    opened.token = request.token;
    opened.status = std::move(status);
    answers_.push_back({&sink, std::move(opened)});
    shard_.touch(*this);
}

void Client::close(pv::ChannelId id)
{
    Opening* const opening = openings_.find(static_cast<std::uint32_t>(id));
    if (opening == nullptr) {
        return;
    }
    std::erase_if(answers_, [&](const Answer& answer) {
        return answer.sink == opening->sink && answer.opened.token == opening->token;
    });
    while (opening->operations != 0) {
        erase(operations_.get(opening->operations));
    }
    while (opening->subscribers != 0) {
        unsubscribe(pv::SubscriptionId{opening->subscribers});
    }
    Channel& channel = channels_.get(opening->channel);
    std::uint32_t* next = &channel.openings;
    while (*next != opening->id) {
        next = &openings_.get(*next).next;
    }
    *next = opening->next;
    sinks_.stop_using(*opening->sink);
    openings_.erase(opening->id);
    if (channel.openings == 0) {
        drop(channel);
    }
}

void Client::give_up(const pv::OpenRequest& request, pv::Sink& sink)
{
    const auto known = index_.find(std::string(request.name));
    const Channel* const channel = known != index_.end() ? channels_.find(known->second) : nullptr;
    for (std::uint32_t id = channel != nullptr ? channel->openings : 0; id != 0;) {
        const Opening& opening = openings_.get(id);
        id = opening.next;
        if (opening.token == request.token && opening.sink == &sink) {
            close(pv::ChannelId{opening.id});
            return;
        }
    }
}

std::string Client::server_name(pv::ChannelId channel)
{
    const base::Endpoint server = info(channel).server;
    return server.port == 0 ? std::string() : to_string(server);
}

pv::MetaRef Client::describe(pv::ChannelId id)
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(id));
    return opening != nullptr ? channels_.get(opening->channel).meta : nullptr;
}

ChannelInfo Client::info(pv::ChannelId id)
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(id));
    if (opening == nullptr) {
        return {};
    }
    const Channel& channel = channels_.get(opening->channel);
    return {.name = *channel.name,
            .state = channel.state,
            .server = channel.link != nullptr ? channel.link->settings_.server : base::Endpoint{},
            .native = channel.native,
            .count = channel.count,
            .rights = channel.rights};
}

void Client::answer(const Opening& opening)
{
    const Channel& channel = channels_.get(opening.channel);
    pv::Opened opened;
    opened.token = opening.token;
    opened.channel = pv::ChannelId{opening.id};
    opened.meta = channel.meta;
    opened.rights = channel.rights;
    answers_.push_back({opening.sink, std::move(opened)});
    shard_.touch(*this);
}

// One call for all the answers of one sink that stand together. A sink may open more, or close, within it.
void Client::tell_opened()
{
    while (!answers_.empty()) {
        const std::vector<Answer> answers = std::exchange(answers_, {});
        std::vector<pv::Opened> told;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const pv::ChannelId id = answers[i].opened.channel;
            if (id == pv::ChannelId{} || openings_.find(static_cast<std::uint32_t>(id)) != nullptr) {
                told.push_back(answers[i].opened);
            }
            if (!told.empty() && (i + 1 == answers.size() || answers[i + 1].sink != answers[i].sink)) {
                answers[i].sink->opened(told);
                told.clear();
            }
        }
    }
}

void Client::settle(base::Steady /*now*/)
{
    tell_opened();
    sinks_.settle();
}

} // namespace iochron::client::ca
