#pragma once

#include "base/counters.h"
#include "base/endpoint.h"
#include "base/limits.h"
#include "base/log.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "server/budget.h"
#include "server/ca/service.h"
#include "server/ca/settings.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::ca {

/// What a Server serves and what it tells. All outlive it.
struct ServerParts {
    std::vector<pv::Source*> sources; ///< of one IOC or several; a name is looked for in this order
    base::Log& log;
    base::Counters& counters;
    Budget& budget;
    base::Limits limits{};
};

/// A Channel Access server: searches by UDP, circuits by TCP, beacons. Several may run on one host, and one may serve
/// several IOCs. To be stopped before its Sources: the destructor closes the circuits at once.
/// Thread: shard
class Server {
  public:
    /// Errors say what is wrong and what helps. Only an address on which nothing can be served is one; a TCP port that
    /// is taken is replaced by another, which is then what searches and beacons tell.
    static std::expected<std::unique_ptr<Server>, std::string> open(reactor::Shard& shard, const Settings& settings,
                                                                    ServerParts parts);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;     ///< of TCP
    [[nodiscard]] std::uint16_t udp_port() const; ///< of searches
    [[nodiscard]] const Service& service() const;

    /// For `casr`: level 0 the state in a line or two, 1 with one line a circuit, 2 with one line a subscription.
    [[nodiscard]] std::vector<std::string> report(int level) const;

  private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace iochron::server::ca
