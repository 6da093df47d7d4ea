#pragma once

#include "base/log.h"
#include "client/pva/beacons.h"
#include "client/pva/destinations.h"
#include "client/search_schedule.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"
#include "wire/pva/search.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::client::pva {

/// Whom the Searcher searches for.
/// Thread: shard
class SearcherUser {
  public:
    virtual ~SearcherUser() = default;
    [[nodiscard]] virtual std::string_view name_of(std::uint32_t id) = 0;
    virtual void found(std::uint32_t id, const base::Endpoint& server) = 0;
    /// Asks name servers too, those that are connected.
    virtual void search_by_tcp(const wire::pva::Search& search) = 0;
};

/// Searches names by UDP, and at name servers. Names are searched at once, then with doubled intervals up to 30 s (as
/// PVXS), at a bounded rate. Once a name was not answered for 2 s the beacons of servers are heard: when one comes up,
/// names that wait long are asked again soon.
/// Thread: shard
class Searcher {
  public:
    Searcher(reactor::Shard& shard, const Settings& settings, SearcherUser& user, base::Log& log);
    Searcher(const Searcher&) = delete;
    Searcher& operator=(const Searcher&) = delete;

    void search(std::uint32_t id);
    /// The same, but after some seconds: what was found did not work.
    void search_later(std::uint32_t id);
    void stop(std::uint32_t id) { schedule_.remove(id); }
    /// A server came up: asks again for the names that wait long, at most every 2 s.
    void hurry();
    /// By UDP, or from a name server at this address.
    void answered(const wire::pva::SearchResponse& response, const base::Endpoint& from);

  private:
    void wait(std::uint32_t id);
    void hear_beacons();
    void run();
    void send(std::span<const std::uint32_t> ids);
    void receive(std::span<const reactor::Datagram> datagrams);
    [[nodiscard]] std::size_t bytes_of(std::uint32_t id);

    reactor::Shard& shard_;
    SearcherUser& user_;
    base::Log& log_;
    SearchSchedule schedule_;
    std::vector<Destination> destinations_;
    std::unique_ptr<reactor::UdpSocket> socket_;
    reactor::Timer timer_;
    Settings settings_;
    std::optional<Beacons> beacons_;
    reactor::Timer unanswered_; ///< until beacons are heard
    reactor::Timer hurry_;
    base::Steady hurried_{};
    bool hearing_ = false; ///< or about to
    std::vector<std::byte> bytes_;
    bool ready_ = false;                                         ///< the destinations are known
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< for the name look-up's answer
};

} // namespace iochron::client::pva
