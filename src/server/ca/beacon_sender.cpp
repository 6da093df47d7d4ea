#include "server/ca/beacon_sender.h"

#include "reactor/resolve.h"
#include "server/beacon_destinations.h"
#include "wire/ca/beacon.h"
#include "wire/ca/message.h"

#include <algorithm>
#include <array>

namespace iochron::server::ca {
BeaconSender::BeaconSender(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port, base::Log& log)
    : shard_(shard), log_(log), tcp_port_(tcp_port), schedule_(settings.beacon_period, shard.refresh()),
      destinations_(std::make_shared<std::vector<base::Endpoint>>()), timer_(shard)
{}

BeaconSender::~BeaconSender() = default;

std::expected<std::unique_ptr<BeaconSender>, std::string>
BeaconSender::open(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port, base::Log& log)
{
    std::unique_ptr<BeaconSender> sender(new BeaconSender(shard, settings, tcp_port, log));
    auto socket = reactor::UdpSocket::open(shard, {.broadcast = true, .multicast_ttl = settings.multicast_ttl},
                                           [](std::span<const reactor::Datagram>) {});
    if (!socket) {
        return std::unexpected(socket.error());
    }
    sender->socket_ = std::move(*socket);
    if (settings.auto_beacons) {
        *sender->destinations_ = automatic_beacon_destinations(settings.interfaces, settings.beacon_port);
    }
    reactor::resolve(shard, settings.beacon_list, settings.beacon_port,
                     [all = sender->destinations_, &log](const reactor::Resolved& found) {
                         for (const base::Endpoint& endpoint : found.endpoints) {
                             if (std::ranges::find(*all, endpoint) == all->end()) {
                                 all->push_back(endpoint);
                             }
                         }
                         for (const std::string& problem : found.problems) {
                             log.warning("ca.beacon.list", "EPICS_CAS_BEACON_ADDR_LIST: {}", problem);
                         }
                     });
    sender->timer_.at(sender->schedule_.due(), [it = sender.get()] { it->send(); });
    return sender;
}

void BeaconSender::send()
{
    const wire::ca::Beacon beacon{.port = tcp_port_, .id = schedule_.send(shard_.now())};
    std::array<std::byte, wire::ca::short_header_bytes> bytes;
    base::Writer writer(bytes);
    encode(writer, beacon);
    for (const base::Endpoint& to : *destinations_) {
        if (const auto sent = socket_->send(to, bytes); !sent) {
            log_.warning("ca.beacon " + to_string(to), "CA beacon to {} failed: {}", to_string(to), sent.error());
        }
    }
    timer_.at(schedule_.due());
}

} // namespace iochron::server::ca
