#pragma once

#include "client/pva/destinations.h"
#include "reactor/timer.h"
#include "reactor/udp.h"
#include "wire/pva/search.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace iochron::client::pva {

/// A pvAccess server that was heard of.
struct Server {
    wire::pva::Guid guid{};
    std::uint8_t version = 0;
    std::string protocol;
    std::vector<base::Endpoint> endpoints; ///< in the order in which they answered
};

/// Asks at all destinations which servers there are: three times, since answers get lost. Collects them, by GUID.
/// Thread: shard
class Discovery {
  public:
    using Done = std::move_only_function<void(std::vector<Server>)>;

    /// `done` is called once, `patience` from now. Destroying this gives up silently.
    Discovery(reactor::Shard& shard, const Settings& settings, base::Log& log, base::Duration patience, Done done);
    Discovery(const Discovery&) = delete;
    Discovery& operator=(const Discovery&) = delete;

    [[nodiscard]] bool done() const { return !done_; }

  private:
    void ask();
    void receive(std::span<const reactor::Datagram> datagrams);
    void heard(std::uint8_t version, const wire::pva::Guid& guid, std::string_view protocol, base::Endpoint endpoint);

    reactor::Shard& shard_;
    base::Log& log_;
    std::unique_ptr<reactor::UdpSocket> socket_;
    reactor::Timer timer_;
    base::Duration interval_;
    unsigned asked_ = 0;
    Done done_;
    std::vector<Destination> destinations_;
    std::map<wire::pva::Guid, Server> servers_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< for the name look-up's answer
};

} // namespace iochron::client::pva
