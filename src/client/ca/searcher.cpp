#include "client/ca/searcher.h"

#include "reactor/interfaces.h"
#include "reactor/resolve.h"
#include "wire/ca/beacon.h"
#include "wire/ca/message.h"
#include "wire/ca/search.h"
#include "wire/ca/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::ca {

using namespace std::chrono_literals;
using wire::ca::Command;

namespace {

SearchSettings search_settings(const Settings& settings)
{
    SearchSettings search;
    search.max_interval = settings.max_search_period;
    return search;
}

} // namespace

Searcher::Searcher(reactor::Shard& shard, const Settings& settings, SearcherUser& user, base::Log& log)
    : shard_(shard), settings_(settings), user_(user), log_(log),
      schedule_(search_settings(settings), static_cast<std::uint32_t>(shard.now().time_since_epoch().count())),
      beacons_(shard.now(), base::Limits{}.servers_known), timer_(shard)
{
    timer_.at(base::never, [this] { shard_.touch(*this); });
    open_socket();
    find_destinations();
}

Searcher::~Searcher()
{
    shard_.forget(*this);
}

void Searcher::open_socket()
{
    reactor::UdpSettings udp;
    udp.broadcast = true;
    udp.multicast_ttl = settings_.multicast_ttl;
    auto socket =
        reactor::UdpSocket::open(shard_, udp, [this](std::span<const reactor::Datagram> all) { receive(all); });
    if (socket) {
        socket_ = std::move(*socket);
        registration_.emplace(shard_, settings_, *socket_, log_);
    } else {
        log_.error("ca.client.udp", "no searches by UDP: {}", socket.error());
    }
}

void Searcher::find_destinations()
{
    std::string list;
    for (const Host& host : settings_.address_list) {
        list += fmt::format("{}:{} ", host.name, host.port);
    }
    const std::weak_ptr<bool> alive = alive_;
    reactor::resolve(shard_, list, settings_.server_port, [this, alive](reactor::Resolved resolved) {
        if (alive.expired()) {
            return;
        }
        for (const std::string& problem : resolved.problems) {
            log_.warning("ca.client.address", "EPICS_CA_ADDR_LIST: {}", problem);
        }
        destinations_found(std::move(resolved.endpoints));
    });
}

void Searcher::destinations_found(std::vector<base::Endpoint> listed)
{
    destinations_ = std::move(listed);
    if (settings_.auto_address_list) {
        auto interfaces = reactor::interfaces();
        std::erase_if(interfaces, [](const reactor::Interface& interface) { return interface.loopback; });
        for (const base::Ipv4 address : reactor::broadcast_addresses(interfaces)) {
            destinations_.push_back({address, settings_.server_port});
        }
        if (interfaces.empty()) {
            destinations_.push_back({base::ipv4_loopback, settings_.server_port});
        }
    }
    std::vector<base::Endpoint> once;
    for (const base::Endpoint& destination : destinations_) {
        if (std::find(once.begin(), once.end(), destination) == once.end()) {
            once.push_back(destination);
        }
    }
    destinations_ = std::move(once);
    if (destinations_.empty() && settings_.name_servers.empty()) {
        log_.error("ca.client.address", "there is nowhere to search: set EPICS_CA_ADDR_LIST, EPICS_CA_NAME_SERVERS or "
                                        "EPICS_CA_AUTO_ADDR_LIST=YES");
    }
    ready_ = true;
    shard_.touch(*this);
}

// The share of a name in a datagram: a header, the name and its NUL, padded.
std::size_t Searcher::bytes_of(std::uint32_t place)
{
    return wire::ca::short_header_bytes + wire::ca::name_bytes(user_.name_at(place));
}

void Searcher::add(std::uint32_t place, std::uint32_t server)
{
    schedule_.add(place, bytes_of(place), server);
    shard_.touch(*this);
}

void Searcher::add_later(std::uint32_t place)
{
    schedule_.add_later(place, bytes_of(place), shard_.now());
    shard_.touch(*this);
}

void Searcher::found(std::uint32_t place)
{
    schedule_.found(place, shard_.now());
    shard_.touch(*this);
}

void Searcher::hurry()
{
    schedule_.hurry(shard_.now());
    shard_.touch(*this);
}

void Searcher::settle(base::Steady now)
{
    if (!ready_) {
        return;
    }
    schedule_.run(now, [this](std::uint32_t server, std::span<const std::uint32_t> places) { send(server, places); });
    timer_.at(schedule_.deadline(now));
}

void Searcher::send(std::uint32_t server, std::span<const std::uint32_t> places)
{
    const auto add = [this](const auto& message) {
        const std::size_t at = datagram_.size();
        datagram_.resize(at + frame_bytes(message));
        base::Writer writer({datagram_.data() + at, datagram_.size() - at});
        encode(writer, message);
    };
    datagram_.clear();
    add(wire::ca::datagram_version(++sequence_));
    for (const std::uint32_t place : places) {
        add(wire::ca::Search{.id = user_.id_at(place), .name = user_.name_at(place)});
    }
    names_sent_ += places.size();
    if (server != SearchSchedule::everywhere && socket_) {
        (void)socket_->send(servers_[server - 1], datagram_);
        return;
    }
    user_.ask_name_servers(datagram_);
    for (const base::Endpoint& destination : destinations_) {
        if (socket_) {
            (void)socket_->send(destination, datagram_); // what is lost is asked again
        }
    }
}

void Searcher::receive(std::span<const reactor::Datagram> datagrams)
{
    for (const reactor::Datagram& datagram : datagrams) {
        take(datagram);
    }
}

void Searcher::take(const reactor::Datagram& datagram)
{
    for (auto rest = datagram.bytes; !rest.empty();) {
        const wire::ca::Frame frame = wire::ca::next_message(rest, {.may_extend = false});
        if (frame.kind != wire::ca::Frame::Kind::message) {
            return; // as libca: the rest of the datagram is worth nothing
        }
        rest = rest.subspan(frame.total_bytes);
        switch (frame.header.command) {
        case Command::search:
            take_reply(frame.header, frame.payload, datagram.from);
            break;
        case Command::beacon:
            take_beacon(frame.header, datagram.from);
            break;
        case Command::repeater_confirm:
            registration_->confirmed();
            break;
        case Command::version:
        case Command::not_found:
        case Command::echo:
            break;
        default:
            return;
        }
    }
}

// Old servers say less: the port since minor 5, their address since minor 8.
void Searcher::take_reply(const wire::ca::Header& header, std::span<const std::byte> payload,
                          const base::Endpoint& from)
{
    const wire::ca::SearchReply reply = wire::ca::decode_search_reply(header, payload);
    const std::uint16_t minor = reply.minor.value_or(0);
    base::Endpoint where{from.address, minor >= 5 && reply.port != 0 ? reply.port : settings_.server_port};
    if (minor >= 8 && reply.address != wire::ca::no_id) {
        where.address = {reply.address};
    }
    user_.found(reply.id, where, number_of(from));
}

std::uint32_t Searcher::number_of(const base::Endpoint& server)
{
    const auto known = server_numbers_.find(server);
    if (known != server_numbers_.end()) {
        return known->second;
    }
    if (servers_.size() >= base::Limits{}.servers_known) {
        return SearchSchedule::everywhere;
    }
    servers_.push_back(server);
    const auto number = static_cast<std::uint32_t>(servers_.size());
    server_numbers_.emplace(server, number);
    return number;
}

void Searcher::take_beacon(const wire::ca::Header& header, const base::Endpoint& from)
{
    const wire::ca::Beacon beacon = wire::ca::decode_beacon(header);
    const base::Endpoint server = server_of(beacon, from.address, settings_.server_port);
    const base::Steady now = shard_.now();
    registration_->heard_beacon(now);
    const BeaconNews news = beacons_.heard(server, beacon.id, now);
    if (news == BeaconNews::anomaly || news == BeaconNews::new_server) {
        hurry();
    }
    user_.heard_beacon(server, news);
}

} // namespace iochron::client::ca
