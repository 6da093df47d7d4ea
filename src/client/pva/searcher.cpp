#include "client/pva/searcher.h"

#include "wire/pva/datagram.h"
#include "wire/pva/search.h"

#include <utility>

namespace iochron::client::pva {
namespace {

using wire::pva::Search;

constexpr base::Duration patience = std::chrono::seconds(2);
constexpr std::uint32_t sequence = 0x696f'6372; ///< any will do: answers are told apart by the names' ids

SearchSettings search_settings()
{
    SearchSettings search;
    search.datagram_bytes = 1400; // PVXS; no more fits a frame of Ethernet
    search.header_bytes = 46;
    search.max_interval = std::chrono::seconds(30);
    search.hurried_interval = std::chrono::seconds(4);
    return search;
}

} // namespace

Searcher::Searcher(reactor::Shard& shard, const Settings& settings, SearcherUser& user, base::Log& log)
    : shard_(shard), user_(user), log_(log),
      schedule_(search_settings(), static_cast<std::uint32_t>(shard.now().time_since_epoch().count())), timer_(shard),
      settings_(settings), unanswered_(shard), hurry_(shard)
{
    auto socket = reactor::UdpSocket::open(shard, {.broadcast = true},
                                           [this](std::span<const reactor::Datagram> all) { receive(all); });
    if (socket) {
        socket_ = std::move(*socket);
    } else {
        log_.error("pva.client.udp", "no searches by UDP: {}", socket.error());
    }
    timer_.at(base::never, [this] { run(); });
    find_destinations(shard, settings, log,
                      [this, alive = std::weak_ptr<bool>(alive_)](std::vector<Destination> destinations) {
                          if (!alive.expired()) {
                              destinations_ = std::move(destinations);
                              ready_ = true;
                              run();
                          }
                      });
}

std::size_t Searcher::bytes_of(std::uint32_t id)
{
    constexpr std::size_t id_and_size = 7;
    return id_and_size + user_.name_of(id).size();
}

void Searcher::search(std::uint32_t id)
{
    schedule_.add(id, bytes_of(id));
    wait(id);
}

void Searcher::search_later(std::uint32_t id)
{
    schedule_.add_later(id, bytes_of(id), shard_.now());
    wait(id);
}

/// While all is answered at once the port of beacons is left alone: whoever shares it gets some of the searches that
/// were meant for others.
void Searcher::wait(std::uint32_t id)
{
    timer_.at(schedule_.deadline(shard_.now()));
    if (!std::exchange(hearing_, true)) {
        unanswered_.at(shard_.now() + patience,
                       [this, id] { schedule_.searching(id) ? hear_beacons() : void(hearing_ = false); });
    }
}

void Searcher::hear_beacons()
{
    beacons_.emplace(shard_, settings_, log_, [this] { hurry(); });
}

void Searcher::hurry()
{
    const base::Steady now = shard_.now();
    if (now < hurried_ + patience) {
        hurry_.at(hurried_ + patience, [this] { hurry(); });
        return;
    }
    hurried_ = now;
    schedule_.hurry(now);
    timer_.at(schedule_.deadline(now));
}

void Searcher::run()
{
    if (!ready_ || !socket_) {
        return;
    }
    schedule_.run(shard_.now(), [this](std::uint32_t, std::span<const std::uint32_t> ids) { send(ids); });
    timer_.at(schedule_.deadline(shard_.now()));
}

void Searcher::send(std::span<const std::uint32_t> ids)
{
    Search search{.sequence = sequence, .answer_to = base::ipv4_any, .answer_port = socket_->local().port, .names = {}};
    for (const std::uint32_t id : ids) {
        search.names.push_back({id, user_.name_of(id)});
    }
    if (destinations_.empty() && settings_.name_servers.empty()) {
        log_.error("pva.client.nowhere", "there is nowhere to search: set EPICS_PVA_ADDR_LIST, EPICS_PVA_NAME_SERVERS "
                                         "or EPICS_PVA_AUTO_ADDR_LIST=YES");
    }
    user_.search_by_tcp(search);
    for (const Destination& to : destinations_) {
        search.flags = to.unicast ? Search::unicast : 0;
        bytes_.clear();
        write(bytes_, base::ByteOrder::little, search);
        if (const auto sent = socket_->send(to.endpoint, bytes_); !sent) {
            log_.warning("pva.client.search " + to_string(to.endpoint), "PVA search at {} failed: {}",
                         to_string(to.endpoint), sent.error());
        }
    }
}

void Searcher::receive(std::span<const reactor::Datagram> datagrams)
{
    for (const reactor::Datagram& datagram : datagrams) {
        if (const auto answer = wire::pva::read_search_answer(datagram.bytes)) {
            answered(answer->response, datagram.from);
        }
    }
    timer_.at(schedule_.deadline(shard_.now()));
}

void Searcher::answered(const wire::pva::SearchResponse& response, const base::Endpoint& from)
{
    if (!response.found || response.protocol != "tcp" || !response.server) {
        return;
    }
    const base::Ipv4 address = response.server->any() ? from.address : *response.server;
    const std::uint16_t port = response.port == 0 ? from.port : response.port;
    for (const std::uint32_t id : response.ids) {
        if (schedule_.searching(id)) {
            schedule_.found(id, shard_.now());
            user_.found(id, {address, port});
        }
    }
}

} // namespace iochron::client::pva
