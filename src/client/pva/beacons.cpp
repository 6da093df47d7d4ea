#include "client/pva/beacons.h"

#include "reactor/interfaces.h"
#include "wire/pva/datagram.h"

#include <algorithm>
#include <utility>

namespace iochron::client::pva {

using wire::pva::Command;
using wire::pva::Search;

Beacons::Beacons(reactor::Shard& shard, const Settings& settings, base::Log& log, std::function<void()> appeared)
    : shard_(shard), appeared_(std::move(appeared))
{
    auto speak = reactor::UdpSocket::open(shard, {.multicast_from = base::ipv4_loopback},
                                          [](std::span<const reactor::Datagram>) {});
    if (!speak) { // nothing may be heard that could not be handed on
        log.info("pva.client.beacons", "PVA client: beacons are not heard: {}", speak.error());
        return;
    }
    hand_on_ = std::move(*speak);
    if (settings.interfaces.empty()) {
        listen(base::ipv4_any, settings.search_port, log);
        return;
    }
    for (const base::Ipv4 address : settings.interfaces) {
        listen(address, settings.search_port, log);
    }
    for (const reactor::Interface& interface : reactor::interfaces()) {
        // An address that is bound does not hear its broadcasts.
        if (!interface.broadcast.any() &&
            std::ranges::find(settings.interfaces, interface.address) != settings.interfaces.end()) {
            listen(interface.broadcast, settings.search_port, log);
        }
    }
}

void Beacons::listen(base::Ipv4 address, std::uint16_t port, base::Log& log)
{
    auto socket = reactor::UdpSocket::open(shard_, {.bind = {address, port}, .share_port = true},
                                           [this](std::span<const reactor::Datagram> all) { receive(all); });
    if (socket) {
        sockets_.push_back(std::move(*socket));
    } else {
        log.info("pva.client.beacons", "PVA client: beacons are not heard on {}: {}", to_string(address),
                 socket.error());
    }
}

std::vector<base::Endpoint> Beacons::local() const
{
    std::vector<base::Endpoint> all;
    for (const auto& socket : sockets_) {
        all.push_back(socket->local());
    }
    return all;
}

void Beacons::receive(std::span<const reactor::Datagram> datagrams)
{
    for (const reactor::Datagram& datagram : datagrams) {
        receive(datagram);
    }
}

/// A datagram may hold several messages.
void Beacons::receive(const reactor::Datagram& datagram)
{
    std::span<const std::byte> left = datagram.bytes;
    while (auto message = wire::pva::next_message(left)) {
        const Command command = message->header.command();
        if (command == Command::origin_tag) {
            return; // was handed on already
        }
        if (command == Command::search) {
            hand_on(message->payload, datagram.from);
        } else if (command == Command::beacon) {
            const auto beacon = wire::pva::read_beacon(message->payload);
            if (beacon && beacon->server && beacon->protocol == "tcp") {
                const base::Ipv4 address = beacon->server->any() ? datagram.from.address : *beacon->server;
                if (table_.heard({address, beacon->port}, beacon->guid, shard_.now())) {
                    appeared_();
                }
            }
        }
    }
}

void Beacons::hand_on(base::Reader& reader, base::Endpoint from)
{
    const auto search = wire::pva::read_search(reader);
    if (!search || !search->answer_to || (search->flags & Search::unicast) == 0) {
        return;
    }
    const base::Ipv4 address = search->answer_to->any() ? from.address : *search->answer_to;
    const std::uint16_t port = search->answer_port == 0 ? from.port : search->answer_port;
    bytes_.clear();
    wire::pva::write_handed_on(bytes_, *search, {address, port});
    (void)hand_on_->send({wire::pva::host_group, sockets_.front()->local().port}, bytes_); // lost: it comes again
}

} // namespace iochron::client::pva
