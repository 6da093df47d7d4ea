#include "server/pva/beacon_sender.h"

#include "reactor/resolve.h"
#include "server/beacon_destinations.h"

#include <algorithm>

namespace iochron::server::pva {
namespace {

constexpr unsigned quick = 10;
constexpr auto slow = std::chrono::seconds(180);

} // namespace

BeaconSender::BeaconSender(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port,
                           const wire::pva::Guid& guid, base::Log& log)
    : shard_(shard), log_(log), period_(settings.beacon_period), beacon_{.guid = guid, .port = tcp_port},
      destinations_(std::make_shared<std::vector<base::Endpoint>>()), timer_(shard)
{}

std::expected<std::unique_ptr<BeaconSender>, std::string>
BeaconSender::open(reactor::Shard& shard, const Settings& settings, std::uint16_t tcp_port, const wire::pva::Guid& guid,
                   base::Log& log)
{
    std::unique_ptr<BeaconSender> sender(new BeaconSender(shard, settings, tcp_port, guid, log));
    auto socket = reactor::UdpSocket::open(shard, {.broadcast = true}, [](std::span<const reactor::Datagram>) {});
    if (!socket) {
        return std::unexpected(socket.error());
    }
    sender->socket_ = std::move(*socket);
    if (settings.auto_beacons) {
        *sender->destinations_ = automatic_beacon_destinations(settings.interfaces, settings.search_port);
    }
    reactor::resolve(shard, settings.beacon_list, settings.search_port,
                     [all = sender->destinations_, &log](const reactor::Resolved& found) {
                         for (const base::Endpoint& endpoint : found.endpoints) {
                             if (std::ranges::find(*all, endpoint) == all->end()) {
                                 all->push_back(endpoint);
                             }
                         }
                         for (const std::string& problem : found.problems) {
                             log.warning("pva.beacon.list", "EPICS_PVAS_BEACON_ADDR_LIST: {}", problem);
                         }
                     });
    sender->timer_.at(shard.refresh(), [it = sender.get()] { it->send(); });
    return sender;
}

void BeaconSender::send()
{
    std::vector<std::byte> bytes;
    write(bytes, base::ByteOrder::big, beacon_);
    ++beacon_.sequence;
    for (const base::Endpoint& to : *destinations_) {
        if (const auto sent = socket_->send(to, bytes); !sent) {
            log_.warning("pva.beacon " + to_string(to), "PVA beacon to {} failed: {}", to_string(to), sent.error());
        }
    }
    timer_.at(shard_.now() + (++sent_ <= quick ? period_ : base::Duration(slow)));
}

} // namespace iochron::server::pva
