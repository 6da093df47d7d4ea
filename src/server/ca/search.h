#pragma once

#include "base/counters.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::server::ca {

/// Answers the searches of datagrams. Pure: a datagram goes in, the datagrams of the answer come out. What makes no
/// sense ends its datagram silently, as in rsrv: anybody may send anything.
/// Thread: shard
class SearchResponder {
  public:
    /// Which of the names are here. `found` is as long as `names`.
    using Find = std::function<void(std::span<const std::string_view> names, std::span<bool> found)>;

    /// Counts the names of searches, by UDP and by TCP together, and those that were found.
    struct Counts {
        explicit Counts(base::Counters& counters)
            : searches(counters.get("ca.server.searches")), found(counters.get("ca.server.found"))
        {}
        base::Counter& searches;
        base::Counter& found;
    };

    SearchResponder(Find find, base::Counters& counters) : find_(std::move(find)), counts_(counters) {}

    /// Calls send(bytes) for each datagram of the answer, none where no name is known. `port` is the TCP listener's.
    void answer(std::span<const std::byte> datagram, std::uint16_t port,
                const std::function<void(std::span<const std::byte>)>& send);

  private:
    void read(std::span<const std::byte> datagram);

    Find find_;
    std::vector<std::string_view> names_;
    std::vector<std::uint32_t> ids_;
    std::vector<std::byte> answer_;
    std::uint16_t minor_ = 0; ///< of the datagram's VERSION
    std::uint32_t sequence_ = 0;
    Counts counts_;
};

} // namespace iochron::server::ca
