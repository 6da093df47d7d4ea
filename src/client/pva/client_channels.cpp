// Channels of the client: found, lost, found again.
#include "client/pva/link.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::pva {

using namespace std::chrono_literals;

Client::Client(reactor::Shard& shard, Settings settings, base::Log& log, ClientOptions options)
    : shard_(shard), settings_(std::move(settings)), log_(log), options_(options), streams_(std::in_place, shard),
      searcher_(shard, settings_, *this, log)
{
    for (const std::string& warning : settings_.warnings) {
        log_.warning("pva.client.environment", "{}", warning);
    }
    find_name_servers();
}

// Nobody is told any more: sinks may be gone.
Client::~Client()
{
    alive_.reset();
    sinks_.clear();
    for (const auto& [server, link] : links_) {
        link->channels_.clear();
    }
    channels_.clear();
    requests_.clear();
    streams_.reset();
}

pv::ChannelId Client::open_channel(const pv::OpenRequest& request, pv::Sink& sink)
{
    const std::uint32_t id = add_channel(request, sink);
    if (id != 0) {
        searcher_.search(id);
    }
    return pv::ChannelId{id};
}

pv::ChannelId Client::open_bare(const pv::OpenRequest& request, pv::Sink& sink, std::optional<base::Endpoint> server)
{
    static const pv::MetaRef unknown = [] {
        auto meta = std::make_shared<pv::Meta>();
        meta->type = pv::ScalarType::structure;
        return meta;
    }();
    const std::uint32_t id = add_channel(request, sink);
    if (id == 0) {
        return {};
    }
    Channel& channel = channels_.at(id);
    channel.bare = true;
    channel.meta = unknown;
    channel.server = server;
    server ? found(id, *server) : searcher_.search(id);
    return pv::ChannelId{id};
}

/// 0 where it was refused.
std::uint32_t Client::add_channel(const pv::OpenRequest& request, pv::Sink& sink)
{
    if (request.name.empty() || request.name.size() > base::Limits{}.name_bytes) {
        const pv::Opened refused{.token = request.token,
                                 .status = {pv::Outcome::no_such_channel, "this is no name of a PV"},
                                 .channel = {},
                                 .meta = nullptr,
                                 .rights = {}};
        sink.opened({&refused, 1});
        return 0;
    }
    const std::uint32_t id = ++last_channel_;
    Channel& channel = channels_[id];
    channel.name = request.name;
    channel.token = request.token;
    channel.sink = &sink;
    sinks_.use(sink);
    return id;
}

std::optional<base::Endpoint> Client::server_of(pv::ChannelId id) const
{
    const auto found = channels_.find(static_cast<std::uint32_t>(id));
    const bool open = found != channels_.end() && found->second.link != nullptr;
    return open ? std::optional(found->second.link->server_) : std::nullopt;
}

void Client::open(std::span<const pv::OpenRequest> requests, const pv::Peer& /*peer*/, pv::Sink& sink)
{
    for (const pv::OpenRequest& request : requests) {
        (void)open_channel(request, sink);
    }
}

void Client::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    finder_.find(names, found);
}

pv::MetaRef Client::describe(pv::ChannelId channel)
{
    return channels_.at(static_cast<std::uint32_t>(channel)).meta;
}

std::string_view Client::name_of(std::uint32_t id)
{
    return channels_.at(id).name;
}

Client::Link& Client::link_to(const base::Endpoint& server)
{
    std::unique_ptr<Link>& link = links_[server];
    if (!link) {
        link = std::make_unique<Link>(*this, server);
        Link* const it = link.get();
        it->connect_.emplace(
            *streams_, server, 5s,
            [this, it](reactor::TcpStream& stream) -> std::unique_ptr<base::Connection> {
                auto connection =
                    std::make_unique<Connection>(settings_, *it, monitors_, batch_, shard_.pool(), shard_.now());
                it->stream_ = &stream;
                it->connection_ = connection.get();
                return connection;
            },
            [this, it](const std::string& why) {
                log_.warning("pva.client.server " + to_string(it->server_), "PVA server {}: {}", to_string(it->server_),
                             why);
                gone(*it, why);
            });
    }
    return *link;
}

void Client::found(std::uint32_t id, const base::Endpoint& server)
{
    Link& link = link_to(server);
    Channel& channel = channels_.at(id);
    channel.state = Channel::State::connecting;
    attach(id, link);
    if (link.validated_) {
        create(link, id);
        link.touch();
    }
}

/// Operations fail; monitors stay, and start again with the channel.
void Client::lost(std::uint32_t id, const std::string& why, bool again_later)
{
    const auto found = channels_.find(id);
    if (found == channels_.end()) {
        return;
    }
    Channel& channel = found->second;
    const bool was_open = channel.state == Channel::State::open;
    channel.state = Channel::State::searching;
    if (channel.link != nullptr) {
        detach(channel);
    }
    batch_.flush();
    stop_monitors(channel);
    for (const std::uint32_t request : std::vector(channel.requests)) {
        const auto under_way = requests_.find(request);
        if (under_way == requests_.end()) {
            continue; // a sink has cancelled it meanwhile
        }
        if (under_way->second.kind == Request::Kind::describe) {
            end(request, false);
        } else {
            finish(request, {pv::Outcome::disconnected, why}, nullptr);
        }
    }
    if (const auto still = channels_.find(id); still != channels_.end()) {
        if (still->second.server) {
            refused(id, why, was_open);
            return;
        }
        again_later ? searcher_.search_later(id) : searcher_.search(id);
        if (was_open) {
            still->second.sink->closed(still->second.token, {pv::Outcome::disconnected, why});
        }
    }
}

/// The only server that was to be asked does not have the channel any more, or never had it.
void Client::refused(std::uint32_t id, const std::string& why, bool was_open)
{
    const Channel& channel = channels_.at(id);
    const pv::Token token = channel.token;
    pv::Sink& sink = *channel.sink;
    if (was_open) {
        sink.closed(token, {pv::Outcome::disconnected, why});
        return;
    }
    const pv::Opened failed{
        .token = token, .status = {pv::Outcome::disconnected, why}, .channel = {}, .meta = nullptr, .rights = {}};
    sink.opened({&failed, 1});
}

void Client::gone(Link& link, std::string_view why)
{
    const auto found = links_.find(link.server_);
    if (found == links_.end() || found->second.get() != &link) {
        return;
    }
    ended_.push_back(std::move(found->second)); // we may be inside it
    links_.erase(found);
    link.connection_ = nullptr;
    link.stream_ = nullptr;
    const std::string reason = fmt::format("the connection to {} is lost: {}", to_string(link.server_), why);
    const std::vector<std::uint32_t> channels = std::exchange(link.channels_, {});
    for (const std::uint32_t id : channels) { // a sink may close others meanwhile
        channels_.at(id).link = nullptr;
    }
    for (const std::uint32_t id : channels) {
        lost(id, reason, true);
    }
    settled();
    name_server_lost(link.server_);
    shard_.post([this, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) {
            ended_.clear();
        }
    });
}

void Client::close(pv::ChannelId channel_id)
{
    const auto id = static_cast<std::uint32_t>(channel_id);
    const auto found = channels_.find(id);
    if (found != channels_.end()) {
        drop(id);
    }
}

void Client::give_up(const pv::OpenRequest& request, pv::Sink& sink)
{
    const auto found = std::ranges::find_if(channels_, [&](const auto& entry) {
        return entry.second.token == request.token && entry.second.sink == &sink && entry.second.name == request.name;
    });
    if (found != channels_.end()) {
        drop(found->first);
    }
}

std::string Client::server_name(pv::ChannelId channel)
{
    const auto server = server_of(channel);
    return server ? to_string(*server) : std::string();
}

void Client::drop(std::uint32_t id)
{
    Channel& channel = channels_.at(id);
    for (const std::uint32_t request : std::vector(channel.requests)) {
        end(request, false); // the server ends them with the channel
    }
    for (const std::uint32_t monitor : std::vector(channel.monitors)) {
        remove(monitors_.get(monitor), false);
    }
    searcher_.stop(id);
    if (Link* const link = channel.link) {
        if (channel.state >= Channel::State::describing) {
            link->connection_->destroy_channel(channel.sid, id);
        }
        detach(channel);
        if (link->channels_.empty() && link->connection_ != nullptr && !is_name_server(*link)) {
            link->connection_->finish();
        }
        link->touch();
    }
    sinks_.stop_using(*channel.sink);
    channels_.erase(id);
}

void Client::attach(std::uint32_t id, Link& link)
{
    Channel& channel = channels_.at(id);
    channel.link = &link;
    channel.place = static_cast<std::uint32_t>(link.channels_.size());
    link.channels_.push_back(id);
}

void Client::detach(Channel& channel)
{
    std::vector<std::uint32_t>& all = std::exchange(channel.link, nullptr)->channels_;
    all[channel.place] = all.back();
    channels_.at(all.back()).place = channel.place;
    all.pop_back();
}

void Client::set_meta(Channel& channel, pv::MetaRef meta)
{
    for (const std::uint32_t monitor : channel.monitors) {
        monitors_.get(monitor).meta = meta.get();
    }
    channel.meta = std::move(meta);
}

} // namespace iochron::client::pva
