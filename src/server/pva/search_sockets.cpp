#include "server/pva/search_sockets.h"

#include "reactor/interfaces.h"

#include <algorithm>

namespace iochron::server::pva {

using wire::pva::host_group;

SearchSockets::SearchSockets(SearchResponder& responder, const Settings& settings, std::uint16_t tcp_port)
    : responder_(responder), ignored_(settings.ignored), tcp_port_(tcp_port), port_(settings.search_port)
{}

std::expected<std::unique_ptr<SearchSockets>, std::string> SearchSockets::open(reactor::Shard& shard,
                                                                               const Settings& settings,
                                                                               SearchResponder& responder,
                                                                               std::uint16_t tcp_port, base::Log& log)
{
    std::unique_ptr<SearchSockets> all(new SearchSockets(responder, settings, tcp_port));
    std::vector<base::Ipv4> addresses = settings.interfaces;
    if (addresses.empty()) {
        addresses.push_back(base::ipv4_any);
    }
    for (const reactor::Interface& interface : reactor::interfaces()) {
        // An address that is bound does not hear its broadcasts.
        if (!interface.broadcast.any() &&
            std::ranges::find(settings.interfaces, interface.address) != settings.interfaces.end()) {
            addresses.push_back(interface.broadcast);
        }
    }
    std::string first_problem;
    for (const base::Ipv4 address : addresses) {
        reactor::UdpSettings udp{.bind = {address, all->port_}, .share_port = true, .broadcast = true};
        for (const base::Ipv4 group : settings.groups) {
            udp.groups.push_back({group, address});
        }
        if (const auto heard = all->listen(shard, udp, false); !heard) {
            first_problem = first_problem.empty() ? heard.error() : first_problem;
            log.warning("pva.search.bind", "PVA server: no searches are heard on {}: {}", to_string(address),
                        heard.error());
        }
    }
    if (all->sockets_.empty()) {
        return std::unexpected(first_problem);
    }
    all->join_host(shard, log);
    return all;
}

std::expected<void, std::string> SearchSockets::listen(reactor::Shard& shard, const reactor::UdpSettings& settings,
                                                       bool handed_on)
{
    const std::size_t place = sockets_.size();
    auto socket = reactor::UdpSocket::open(shard, settings,
                                           [this, place, handed_on](std::span<const reactor::Datagram> datagrams) {
                                               received(datagrams, place, handed_on);
                                           });
    if (!socket) {
        return std::unexpected(socket.error());
    }
    sockets_.push_back(std::move(*socket));
    port_ = sockets_.back()->local().port; // the first one decides where any was wanted
    return {};
}

/// Without it a server that is alone on its host works all the same.
void SearchSockets::join_host(reactor::Shard& shard, base::Log& log)
{
    const reactor::UdpSettings hear{
        .bind = {host_group, port_}, .share_port = true, .groups = {{host_group, base::ipv4_loopback}}};
    auto heard = listen(shard, hear, true);
    auto speak = heard ? reactor::UdpSocket::open(shard, {.multicast_from = base::ipv4_loopback},
                                                  [](std::span<const reactor::Datagram>) {})
                       : std::unexpected(heard.error());
    if (!speak) {
        log.info("pva.search.host", "PVA server: searches are not shared with other servers of this host: {}",
                 speak.error());
        return;
    }
    hand_on_ = std::move(*speak);
}

void SearchSockets::received(std::span<const reactor::Datagram> datagrams, std::size_t socket, bool handed_on)
{
    SearchResponder::Sends sends;
    sends.answer = [&](base::Endpoint to, std::span<const std::byte> bytes) {
        (void)sockets_[handed_on ? 0 : socket]->send(to, bytes); // lost: the client searches again
    };
    if (hand_on_) {
        sends.hand_on = [&](std::span<const std::byte> bytes) { (void)hand_on_->send({host_group, port_}, bytes); };
    }
    for (const reactor::Datagram& datagram : datagrams) {
        const bool from_here = !handed_on || datagram.from.address.loopback();
        if (from_here && std::ranges::find(ignored_, datagram.from.address) == ignored_.end()) {
            responder_.answer({datagram.bytes, datagram.from, handed_on}, tcp_port_, sends);
        }
    }
}

} // namespace iochron::server::pva
