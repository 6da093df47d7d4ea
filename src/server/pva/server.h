#pragma once

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "server/budget.h"
#include "server/pva/service.h"
#include "server/pva/settings.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::server::pva {

/// What a Server serves and what it tells. All outlive it.
struct ServerParts {
    std::vector<pv::Source*> sources; ///< of one IOC or several; a name is looked for in this order
    base::Log& log;
    base::Counters& counters;
    Budget& budget;
    base::Limits limits{};
    Service::Names names; ///< for pvlist
};

/// A pvAccess server: searches by UDP and TCP, connections by TCP, beacons. Several may run on one host. To be stopped
/// before its Sources: the destructor closes the connections at once.
/// Thread: shard
class Server {
  public:
    /// Errors say what is wrong and what helps. A TCP port that is taken is replaced by another, which is then what
    /// searches and beacons tell.
    static std::expected<std::unique_ptr<Server>, std::string> open(reactor::Shard& shard, const Settings& settings,
                                                                    ServerParts parts);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;        ///< of TCP
    [[nodiscard]] std::uint16_t search_port() const; ///< of UDP

    /// For `pvasr`: level 0 the state in a line or two, 1 with one line a connection.
    [[nodiscard]] std::vector<std::string> report(int level) const;

  private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace iochron::server::pva
