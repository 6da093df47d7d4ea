#pragma once

#include "base/endpoint.h"
#include "base/time.h"
#include "wire/pva/search.h"

#include <cstddef>
#include <unordered_map>

namespace iochron::client::pva {

/// The servers whose beacons were heard. Tells those that have just come up from those that go on. Bounded: a server
/// that is silent for 6 minutes is forgotten, and beyond 20,000 (PVXS) nobody is new.
/// Thread: shard
class BeaconTable {
  public:
    static constexpr std::size_t most_servers = 20'000;
    static constexpr auto forgotten_after = std::chrono::minutes(6);

    /// True for a server that is new, or was started anew (at the same address with another GUID).
    bool heard(base::Endpoint server, const wire::pva::Guid& guid, base::Steady now);
    [[nodiscard]] std::size_t size() const { return servers_.size(); }

  private:
    struct Server {
        wire::pva::Guid guid{};
        base::Steady heard{};
    };
    void sweep(base::Steady now);

    std::unordered_map<base::Endpoint, Server> servers_;
    base::Steady swept_{};
};

} // namespace iochron::client::pva
