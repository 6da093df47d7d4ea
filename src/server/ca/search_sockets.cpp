#include "server/ca/search_sockets.h"

#include "reactor/interfaces.h"

#include <algorithm>

namespace iochron::server::ca {
namespace {

/// An address that is bound hears neither broadcasts nor multicasts: those have sockets of their own. Base binds none
/// to a group, and hears its groups only where it serves all interfaces.
std::vector<base::Ipv4> broadcasts_of(base::Ipv4 address)
{
    std::vector<base::Ipv4> all;
    for (const reactor::Interface& interface : reactor::interfaces()) {
        if (interface.address == address && !interface.broadcast.any()) {
            all.push_back(interface.broadcast);
        }
    }
    return all;
}

} // namespace

SearchSockets::SearchSockets(SearchResponder& responder, const Settings& settings, std::uint16_t tcp_port)
    : responder_(responder), ignored_(settings.ignored), tcp_port_(tcp_port), port_(settings.port)
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
    std::string first_problem;
    for (const base::Ipv4 address : addresses) {
        reactor::UdpSettings udp{.bind = {address, all->port_}, .share_port = true, .broadcast = true};
        for (const base::Ipv4 group : address.any() ? settings.groups : std::vector<base::Ipv4>{}) {
            udp.groups.push_back({group, address});
        }
        const auto socket = all->add(shard, udp, nullptr);
        if (!socket) {
            first_problem = first_problem.empty() ? socket.error() : first_problem;
            log.warning("ca.search.bind", "CA server: no searches are heard on {}: {}", to_string(address),
                        socket.error());
            continue;
        }
        all->hear_more(shard, settings, address, **socket, log);
    }
    if (all->sockets_.empty()) {
        return std::unexpected(first_problem);
    }
    return all;
}

/// What a socket of one interface's address does not hear. Answered from that socket.
void SearchSockets::hear_more(reactor::Shard& shard, const Settings& settings, base::Ipv4 address,
                              reactor::UdpSocket& answer_from, base::Log& log)
{
    std::vector<reactor::UdpSettings> more;
    for (const base::Ipv4 broadcast : broadcasts_of(address)) {
        more.push_back({.bind = {broadcast, port_}, .share_port = true});
    }
    for (const base::Ipv4 group : address.any() ? std::vector<base::Ipv4>{} : settings.groups) {
        more.push_back({.bind = {group, port_}, .share_port = true, .groups = {{group, address}}});
    }
    for (const reactor::UdpSettings& each : more) {
        if (const auto heard = add(shard, each, &answer_from); !heard) {
            log.warning("ca.search.bind", "CA server: no searches to {} are heard: {}", to_string(each.bind.address),
                        heard.error());
        }
    }
}

std::expected<reactor::UdpSocket*, std::string>
SearchSockets::add(reactor::Shard& shard, const reactor::UdpSettings& settings, reactor::UdpSocket* answer_from)
{
    const std::size_t place = sockets_.size();
    auto socket = reactor::UdpSocket::open(
        shard, settings, [this, place, answer_from](std::span<const reactor::Datagram> datagrams) {
            received(datagrams, answer_from != nullptr ? *answer_from : *sockets_[place]);
        });
    if (!socket) {
        return std::unexpected(socket.error());
    }
    sockets_.push_back(std::move(*socket));
    port_ = sockets_.back()->local().port; // the first one decides where any was wanted
    return sockets_.back().get();
}

void SearchSockets::received(std::span<const reactor::Datagram> datagrams, reactor::UdpSocket& answer_from)
{
    for (const reactor::Datagram& datagram : datagrams) {
        if (std::ranges::find(ignored_, datagram.from.address) == ignored_.end()) {
            responder_.answer(datagram.bytes, tcp_port_, [&](std::span<const std::byte> answer) {
                (void)answer_from.send(datagram.from, answer); // lost: the client searches again
            });
        }
    }
}

} // namespace iochron::server::ca
