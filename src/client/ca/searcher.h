#pragma once

#include "base/endpoint.h"
#include "base/log.h"
#include "client/ca/beacons.h"
#include "client/ca/registration.h"
#include "client/ca/settings.h"
#include "client/search_schedule.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace iochron::client::ca {

/// Whom a Searcher asks and tells.
/// Thread: shard
class SearcherUser {
  public:
    virtual ~SearcherUser() = default;
    /// The id and the name at a place of the table of channels.
    [[nodiscard]] virtual wire::ca::Cid id_at(std::uint32_t place) = 0;
    [[nodiscard]] virtual std::string_view name_at(std::uint32_t place) = 0;
    /// A server has the channel; `server` is its number in later add() calls. May come for ids that are long gone, and
    /// several times.
    virtual void found(wire::ca::Cid channel, const base::Endpoint& where, std::uint32_t server) = 0;
    virtual void heard_beacon(const base::Endpoint& server, BeaconNews news) = 0;
    /// Sends a batch of searches to all name servers that are ready; false when none is.
    virtual bool ask_name_servers(std::span<const std::byte> messages) = 0;
};

/// Searches for channels by UDP and, through its user's circuits, at name servers; listens to beacons by way of the
/// host's repeater.
/// Thread: shard
class Searcher : private reactor::Touched {
  public:
    Searcher(reactor::Shard& shard, const Settings& settings, SearcherUser& user, base::Log& log);
    Searcher(const Searcher&) = delete;
    Searcher& operator=(const Searcher&) = delete;
    ~Searcher() override;

    /// `server`: who had the channel last and is asked first; 0: nobody.
    void add(std::uint32_t place, std::uint32_t server);
    void add_later(std::uint32_t place);
    /// No more searches for it: it was found.
    void found(std::uint32_t place);
    void remove(std::uint32_t place) { schedule_.remove(place); }
    [[nodiscard]] std::size_t searching() const { return schedule_.waiting(); }
    /// A server came up: what waits for long is asked soon.
    void hurry();
    /// There is a circuit to this server: its first beacon is no news.
    void connected(const base::Endpoint& server) { beacons_.connected(server); }

    [[nodiscard]] std::uint64_t datagrams_sent() const { return sequence_; }
    [[nodiscard]] std::uint64_t names_sent() const { return names_sent_; }

  private:
    void open_socket();
    void find_destinations();
    void destinations_found(std::vector<base::Endpoint> listed);
    void settle(base::Steady now) override;
    void send(std::uint32_t server, std::span<const std::uint32_t> places);
    void receive(std::span<const reactor::Datagram> datagrams);
    void take(const reactor::Datagram& datagram);
    void take_reply(const wire::ca::Header& header, std::span<const std::byte> payload, const base::Endpoint& from);
    void take_beacon(const wire::ca::Header& header, const base::Endpoint& from);
    std::uint32_t number_of(const base::Endpoint& server);
    [[nodiscard]] std::size_t bytes_of(std::uint32_t place);

    reactor::Shard& shard_;
    const Settings& settings_;
    SearcherUser& user_;
    base::Log& log_;
    SearchSchedule schedule_;
    Beacons beacons_;
    std::unique_ptr<reactor::UdpSocket> socket_;
    reactor::Timer timer_;                     ///< of the schedule
    std::optional<Registration> registration_; ///< of the socket

    bool ready_ = false; ///< the destinations are known
    std::vector<base::Endpoint> destinations_;
    std::vector<base::Endpoint> servers_; ///< that answered; a server's number is its index + 1
    std::unordered_map<base::Endpoint, std::uint32_t> server_numbers_;
    std::uint32_t sequence_ = 0;
    std::uint64_t names_sent_ = 0;
    std::vector<std::byte> datagram_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< for the name look-up's answer
};

} // namespace iochron::client::ca
