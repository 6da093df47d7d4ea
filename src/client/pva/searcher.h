#pragma once

#include "base/log.h"
#include "client/pva/destinations.h"
#include "client/search_schedule.h"
#include "reactor/shard.h"
#include "reactor/timer.h"
#include "reactor/udp.h"

#include <cstdint>
#include <memory>
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
};

/// Searches names by UDP. Names are searched at once, then with doubled intervals up to 30 s (as PVXS), at a bounded
/// rate.
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

  private:
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
    std::vector<std::byte> bytes_;
    bool ready_ = false;                                         ///< the destinations are known
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< for the name look-up's answer
};

} // namespace iochron::client::pva
