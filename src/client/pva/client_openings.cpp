// Who has what channel open: several openings of a name share one on the wire.
#include "client/pva/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace iochron::client::pva {
namespace {

const pv::MetaRef& unknown_meta()
{
    static const pv::MetaRef unknown = [] {
        auto meta = std::make_shared<pv::Meta>();
        meta->type = pv::ScalarType::structure;
        return meta;
    }();
    return unknown;
}

} // namespace

void Client::open(std::span<const pv::OpenRequest> requests, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    for (const pv::OpenRequest& request : requests) {
        (void)open_channel(request, sink);
    }
}

pv::ChannelId Client::open_channel(const pv::OpenRequest& request, pv::Sink& sink)
{
    return add_opening(request, false, std::nullopt, sink);
}

pv::ChannelId Client::open_bare(const pv::OpenRequest& request, pv::Sink& sink, std::optional<base::Endpoint> server)
{
    return add_opening(request, true, server, sink);
}

/// A bare channel is another than that of the PV's values: it is open before anything was read, and also where nothing
/// can be. No name holds a zero.
std::string Client::key_of(std::string_view name, bool bare, const std::optional<base::Endpoint>& server)
{
    std::string key(name);
    if (bare) {
        key += '\0';
        key += server ? to_string(*server) : "";
    }
    return key;
}

pv::ChannelId Client::add_opening(const pv::OpenRequest& request, bool bare,
                                  const std::optional<base::Endpoint>& server, pv::Sink& sink)
{
    const bool is_name = !request.name.empty() && request.name.size() <= base::Limits{}.name_bytes;
    const std::uint32_t id = is_name ? openings_.insert() : 0;
    if (id == 0) {
        const pv::Opened refused{
            .token = request.token,
            .status = is_name ? pv::Status(pv::Outcome::too_large, fmt::format("more than {} channels", openings_.most))
                              : pv::Status(pv::Outcome::no_such_channel, "this is no name of a PV"),
            .channel = {},
            .meta = nullptr,
            .rights = {}};
        sink.opened({&refused, 1});
        return {};
    }
    const std::string key = key_of(request.name, bare, server);
    const auto known = index_.find(key);
    const bool is_new = known == index_.end();
    const std::uint32_t channel_id = is_new ? add_channel(key, request.name, bare, server) : known->second;
    Opening& opening = openings_.get(id);
    opening.channel = channel_id;
    opening.token = request.token;
    opening.sink = &sink;
    channels_.at(channel_id).openings.push_back(id);
    sinks_.use(sink);
    if (is_new) {
        server ? found(channel_id, *server) : searcher_.search(channel_id);
    } else {
        tell_open(id);
        settle_soon();
    }
    return pv::ChannelId{id};
}

std::uint32_t Client::add_channel(const std::string& key, std::string_view name, bool bare,
                                  const std::optional<base::Endpoint>& server)
{
    const std::uint32_t id = ++last_channel_;
    index_.emplace(key, id);
    Channel& channel = channels_[id];
    channel.name = name;
    channel.bare = bare;
    channel.server = server;
    channel.meta = bare ? unknown_meta() : nullptr;
    return id;
}

/// Where the channel is open, and the opening was not told yet.
void Client::tell_open(std::uint32_t id)
{
    Opening* const opening = openings_.find(id);
    if (opening == nullptr || opening->open || channels_.at(opening->channel).state != Channel::State::open) {
        return;
    }
    opening->open = true;
    const pv::Opened opened{.token = opening->token,
                            .status = {},
                            .channel = pv::ChannelId{id},
                            .meta = channels_.at(opening->channel).meta,
                            .rights = {}};
    opening->sink->opened({&opened, 1});
}

/// A copy: who is told may open and close.
std::vector<std::uint32_t> Client::openings_that_are(std::uint32_t id, bool open) const
{
    std::vector<std::uint32_t> found = channels_.at(id).openings;
    std::erase_if(found, [&](std::uint32_t opening) { return openings_.get(opening).open != open; });
    return found;
}

Client::Channel* Client::open_channel_of(pv::ChannelId channel, pv::Token token, pv::Sink& sink)
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(channel));
    Channel* const found = opening != nullptr ? &channels_.at(opening->channel) : nullptr;
    if (found == nullptr || found->state != Channel::State::open) {
        sink.completed(token, {pv::Outcome::disconnected, "the channel is not connected"}, nullptr);
        return nullptr;
    }
    return found;
}

void Client::close(pv::ChannelId channel_id)
{
    const auto id = static_cast<std::uint32_t>(channel_id);
    Opening* const opening = openings_.find(id);
    if (opening == nullptr) {
        return;
    }
    Channel& channel = channels_.at(opening->channel);
    const bool last = channel.openings.size() == 1;
    for (const std::uint32_t request : std::vector(channel.requests)) {
        if (requests_.at(request).opening == id) {
            end(request, !last); // the server ends them with the channel
        }
    }
    for (const pv::SubscriptionId subscription : std::exchange(opening->subscriptions, {})) {
        end_subscription(subscription, !last);
    }
    sinks_.stop_using(*opening->sink);
    std::erase(channel.openings, id);
    const std::uint32_t channel_number = opening->channel;
    openings_.erase(id);
    if (last) {
        drop(channel_number);
    }
}

void Client::give_up(const pv::OpenRequest& request, pv::Sink& sink)
{
    const auto known = index_.find(key_of(request.name, false, std::nullopt));
    if (known == index_.end()) {
        return;
    }
    for (const std::uint32_t id : channels_.at(known->second).openings) {
        const Opening& opening = openings_.get(id);
        if (opening.token == request.token && opening.sink == &sink) {
            close(pv::ChannelId{id});
            return;
        }
    }
}

std::optional<base::Endpoint> Client::server_of(pv::ChannelId id) const
{
    const Opening* const opening = openings_.find(static_cast<std::uint32_t>(id));
    const Link* const link = opening != nullptr ? channels_.at(opening->channel).link : nullptr;
    return link != nullptr ? std::optional(link->server_) : std::nullopt;
}

std::string Client::server_name(pv::ChannelId channel)
{
    const auto server = server_of(channel);
    return server ? to_string(*server) : std::string();
}

pv::MetaRef Client::describe(pv::ChannelId channel)
{
    return channels_.at(openings_.get(static_cast<std::uint32_t>(channel)).channel).meta;
}

} // namespace iochron::client::pva
