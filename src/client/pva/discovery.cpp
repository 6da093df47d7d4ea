#include "client/pva/discovery.h"

#include "wire/pva/datagram.h"

#include <algorithm>
#include <utility>

namespace iochron::client::pva {
namespace {

using wire::pva::Search;

constexpr std::uint32_t sequence = 0x6469'7363;
constexpr unsigned times = 3; ///< pvAccessCPP's pvlist

} // namespace

Discovery::Discovery(reactor::Shard& shard, const Settings& settings, base::Log& log, base::Duration patience,
                     Done done)
    : shard_(shard), log_(log), timer_(shard), interval_(patience / times), done_(std::move(done))
{
    auto socket = reactor::UdpSocket::open(shard, {.broadcast = true},
                                           [this](std::span<const reactor::Datagram> all) { receive(all); });
    if (socket) {
        socket_ = std::move(*socket);
    } else {
        log_.error("pva.client.udp", "no searches by UDP: {}", socket.error());
    }
    timer_.at(shard.refresh() + interval_, [this] { ask(); });
    find_destinations(shard, settings, log,
                      [this, alive = std::weak_ptr<bool>(alive_)](std::vector<Destination> destinations) {
                          if (!alive.expired()) {
                              destinations_ = std::move(destinations);
                              ask();
                          }
                      });
}

void Discovery::ask()
{
    if (asked_ == times) {
        std::vector<Server> found;
        for (auto& [guid, server] : servers_) {
            found.push_back(std::move(server));
        }
        std::exchange(done_, nullptr)(std::move(found)); // may destroy this
        return;
    }
    ++asked_;
    timer_.at(shard_.refresh() + interval_, [this] { ask(); });
    if (!socket_) {
        return;
    }
    for (const Destination& to : destinations_) {
        const Search search{.sequence = sequence,
                            .flags = static_cast<std::uint8_t>(Search::must_reply | (to.unicast ? Search::unicast : 0)),
                            .answer_to = base::ipv4_any,
                            .answer_port = socket_->local().port,
                            .tcp = false,
                            .names = {}};
        std::vector<std::byte> bytes;
        write(bytes, base::ByteOrder::little, search);
        if (const auto sent = socket_->send(to.endpoint, bytes); !sent) {
            log_.warning("pva.client.search " + to_string(to.endpoint), "PVA search at {} failed: {}",
                         to_string(to.endpoint), sent.error());
        }
    }
}

void Discovery::receive(std::span<const reactor::Datagram> datagrams)
{
    for (const reactor::Datagram& datagram : datagrams) {
        const auto answer = wire::pva::read_search_answer(datagram.bytes);
        if (answer && answer->response.server) {
            const wire::pva::SearchResponse& response = answer->response;
            const base::Ipv4 address = response.server->any() ? datagram.from.address : *response.server;
            heard(answer->version, response.guid, response.protocol, {address, response.port});
        }
    }
}

void Discovery::heard(std::uint8_t version, const wire::pva::Guid& guid, std::string_view protocol,
                      base::Endpoint endpoint)
{
    constexpr std::size_t most_servers = 20'000; // PVXS
    if (servers_.size() >= most_servers && !servers_.contains(guid)) {
        return;
    }
    Server& server = servers_[guid];
    server.guid = guid;
    server.version = version;
    server.protocol = protocol;
    constexpr std::size_t most_endpoints = 64;
    if (server.endpoints.size() < most_endpoints &&
        std::ranges::find(server.endpoints, endpoint) == server.endpoints.end()) {
        server.endpoints.push_back(endpoint);
    }
}

} // namespace iochron::client::pva
