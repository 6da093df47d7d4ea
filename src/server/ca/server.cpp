#include "server/ca/server.h"

#include "reactor/tcp.h"
#include "server/ca/beacon_sender.h"
#include "server/ca/circuit.h"
#include "server/ca/report.h"
#include "server/ca/search.h"
#include "server/ca/search_sockets.h"
#include "server/stream_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace iochron::server::ca {
namespace {

std::string in_words(const std::vector<base::Endpoint>& endpoints)
{
    std::vector<std::string> words;
    for (const base::Endpoint& endpoint : endpoints) {
        words.push_back(to_string(endpoint));
    }
    return words.empty() ? "nobody" : fmt::format("{}", fmt::join(words, ", "));
}

} // namespace

// Members in the order in which they are built; what is destroyed first is last.
struct Server::Parts {
    Parts(reactor::Shard& the_shard, ServerParts given)
        : shard(the_shard), outside(std::move(given)), limits(outside.limits),
          service({.sources = outside.sources,
                   .limits = limits,
                   .log = outside.log,
                   .counters = outside.counters,
                   .budget = outside.budget,
                   .pool = shard.pool(),
                   .now = [this] { return shard.now(); }}),
          responder(
              [this](std::span<const std::string_view> names, std::span<bool> found) { service.find(names, found); },
              outside.counters),
          streams(shard)
    {}

    reactor::Shard& shard;
    ServerParts outside;
    base::Limits limits;
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
    if (settings.message_bytes) {
        outside.limits.message_bytes = *settings.message_bytes;
    }
    auto parts = std::make_unique<Parts>(shard, std::move(outside));
    base::Log& log = parts->outside.log;
    reactor::ListenSettings listen{.port = settings.port, .connections = parts->limits.connections};
    if (!settings.interfaces.empty()) {
        listen.addresses = settings.interfaces;
    }
    auto listener = reactor::TcpListener::open(
        parts->streams, listen,
        [service = &parts->service](reactor::TcpStream& stream) -> std::unique_ptr<base::Connection> {
            return std::make_unique<Circuit>(*service, std::make_unique<StreamLine>(stream), to_string(stream.peer()));
        },
        log);
    if (!listener) {
        return std::unexpected("CA server: " + listener.error());
    }
    parts->listener = std::move(*listener);
    const std::uint16_t port = parts->listener->port();
    parts->service.set_port(port);
    auto searches = SearchSockets::open(shard, settings, parts->responder, port, log);
    if (!searches) {
        return std::unexpected("CA server: " + searches.error());
    }
    parts->searches = std::move(*searches);
    auto beacons = BeaconSender::open(shard, settings, port, log);
    if (!beacons) {
        return std::unexpected("CA server: " + beacons.error());
    }
    parts->beacons = std::move(*beacons);
    log.info("ca.listening", "CA server: listening on {}{}, searches on UDP port {}",
             in_words(parts->listener->endpoints()),
             parts->listener->has_other_port() ? fmt::format(" (port {} is taken)", settings.port) : "",
             parts->searches->port());
    log.info("ca.beacons", "CA server: beacons to {}", in_words(parts->beacons->destinations()));
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

std::uint16_t Server::port() const
{
    return parts_->listener->port();
}

std::uint16_t Server::udp_port() const
{
    return parts_->searches->port();
}

const Service& Server::service() const
{
    return parts_->service;
}

std::vector<std::string> Server::report(int level) const
{
    return ca::report(parts_->service, level);
}

} // namespace iochron::server::ca
