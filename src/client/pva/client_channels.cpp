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

void Client::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    finder_.find(names, found);
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
    const std::vector<std::uint32_t> were_open = openings_that_are(id, true);
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
    const auto still = channels_.find(id);
    if (still == channels_.end()) {
        return;
    }
    if (still->second.server) {
        refused(id, why);
    } else {
        again_later ? searcher_.search_later(id) : searcher_.search(id);
    }
    for (const std::uint32_t opening_id : were_open) {
        if (Opening* const opening = openings_.find(opening_id); opening != nullptr && opening->open) {
            opening->open = false;
            opening->sink->closed(opening->token, {pv::Outcome::disconnected, why});
        }
    }
}

/// The only server that was to be asked does not have the channel any more, or never had it. Who opens it next asks
/// anew.
void Client::refused(std::uint32_t id, const std::string& why)
{
    const Channel& channel = channels_.at(id);
    index_.erase(key_of(channel.name, channel.bare, channel.server));
    for (const std::uint32_t opening_id : openings_that_are(id, false)) {
        const Opening* const opening = openings_.find(opening_id);
        if (opening == nullptr) {
            continue; // a sink has closed it meanwhile
        }
        const pv::Opened failed{.token = opening->token,
                                .status = {pv::Outcome::disconnected, why},
                                .channel = {},
                                .meta = nullptr,
                                .rights = {}};
        opening->sink->opened({&failed, 1});
    }
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

/// Nobody has it open.
void Client::drop(std::uint32_t id)
{
    Channel& channel = channels_.at(id);
    for (const std::uint32_t request : std::vector(channel.requests)) { // the client's own
        end(request, false);
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
    if (const auto known = index_.find(key_of(channel.name, channel.bare, channel.server));
        known != index_.end() && known->second == id) {
        index_.erase(known);
    }
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
