#include "server/pva/server.h"

#include "reactor/tcp.h"
#include "server/pva/beacon_sender.h"
#include "server/pva/connection.h"
#include "server/pva/search.h"
#include "server/pva/search_sockets.h"
#include "server/stream_line.h"

#include <fmt/format.h>

#include <random>

namespace iochron::server::pva {
namespace {

wire::pva::Guid new_guid()
{
    std::random_device random;
    wire::pva::Guid guid{};
    for (std::byte& byte : guid) {
        byte = static_cast<std::byte>(random());
    }
    return guid;
}

std::string one_line(const Connection& connection)
{
    const Backlog& backlog = connection.backlog();
    return fmt::format("  {} {} ({}): {} channels, {} monitors, {} updates, {} bytes wait{}, {} coalesced",
                       connection.peer().address, connection.peer().account, connection.peer().method,
                       connection.channels(), connection.subscriptions(), connection.posted(), backlog.size(),
                       backlog.behind() ? ", behind" : "", backlog.coalesced());
}

} // namespace

// Members in the order in which they are built; what is destroyed first is last.
struct Server::Parts {
    Parts(reactor::Shard& the_shard, ServerParts given)
        : shard(the_shard), outside(std::move(given)), guid(new_guid()),
          service({.sources = outside.sources,
                   .limits = outside.limits,
                   .log = outside.log,
                   .counters = outside.counters,
                   .budget = outside.budget,
                   .pool = shard.pool(),
                   .now = [this] { return shard.now(); }},
                  guid, outside.names),
          responder(guid, [this](std::span<const std::string_view> names,
                                 std::span<bool> found) { service.find(names, found); }),
          streams(shard)
    {}

    reactor::Shard& shard;
    ServerParts outside;
    wire::pva::Guid guid;
    Service service;
    SearchResponder responder;
    reactor::TcpStreams streams;
    std::unique_ptr<reactor::TcpListener> listener;
    std::unique_ptr<SearchSockets> searches;
    std::unique_ptr<BeaconSender> beacons;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() = default;

std::expected<std::unique_ptr<Server>, std::string> Server::open(reactor::Shard& shard, const Settings& settings,
                                                                 ServerParts outside)
{
    auto parts = std::make_unique<Parts>(shard, std::move(outside));
    base::Log& log = parts->outside.log;
    parts->service.set_silence(settings.silence);
    reactor::ListenSettings listen{.port = settings.port, .connections = parts->outside.limits.connections};
    if (!settings.interfaces.empty()) {
        listen.addresses = settings.interfaces;
    }
    auto listener = reactor::TcpListener::open(
        parts->streams, listen,
        [at = parts.get()](reactor::TcpStream& stream) -> std::unique_ptr<base::Connection> {
            return std::make_unique<Connection>(at->service, std::make_unique<StreamLine>(stream),
                                                to_string(stream.peer()), at->shard.now());
        },
        log);
    if (!listener) {
        return std::unexpected("PVA server: " + listener.error());
    }
    parts->listener = std::move(*listener);
    const std::uint16_t port = parts->listener->port();
    parts->service.set_port(port);
    auto searches = SearchSockets::open(shard, settings, parts->responder, port, log);
    if (!searches) {
        return std::unexpected("PVA server: " + searches.error());
    }
    parts->searches = std::move(*searches);
    auto beacons = BeaconSender::open(shard, settings, port, parts->guid, log);
    if (!beacons) {
        return std::unexpected("PVA server: " + beacons.error());
    }
    parts->beacons = std::move(*beacons);
    log.info("pva.listening", "PVA server: listening on TCP port {}{}, searches on UDP port {}", port,
             parts->listener->has_other_port() ? fmt::format(" (port {} is taken)", settings.port) : "",
             parts->searches->port());
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

std::uint16_t Server::port() const
{
    return parts_->listener->port();
}

std::uint16_t Server::search_port() const
{
    return parts_->searches->port();
}

std::vector<std::string> Server::report(int level) const
{
    const Service::Counts& counts = parts_->service.counts();
    std::vector<std::string> lines;
    lines.push_back(fmt::format("pvAccess server on port {}: {} connections, {} channels, {} monitors", port(),
                                counts.sessions.value(), counts.channels.value(), counts.subscriptions.value()));
    lines.push_back(fmt::format("  {} updates from records, {} posted to monitors, {} coalesced, {} paused, "
                                "{} dropped, {} malformed messages",
                                counts.updates.value(), counts.posted.value(), counts.coalesced.value(),
                                counts.paused.value(), counts.dropped.value(), counts.malformed.value()));
    if (level >= 1) {
        parts_->service.each_session([&](const Session& session) {
            if (const auto* connection = dynamic_cast<const Connection*>(&session)) {
                lines.push_back(one_line(*connection));
            }
        });
    }
    return lines;
}

} // namespace iochron::server::pva
