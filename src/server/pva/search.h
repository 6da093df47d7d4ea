#pragma once

#include "base/endpoint.h"
#include "wire/pva/search.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::server::pva {

/// Which of the names are here. `found` is as long as `names`.
using Find = std::function<void(std::span<const std::string_view> names, std::span<bool> found)>;

/// The answer to a search, by UDP or TCP; nothing where none of the names is here and no answer is insisted on. `port`
/// is the TCP listener's.
[[nodiscard]] std::optional<wire::pva::SearchResponse>
answer_to(const wire::pva::Search& search, const wire::pva::Guid& guid, std::uint16_t port, const Find& find);

/// Answers the searches of datagrams. Pure: a datagram goes in, the datagrams of the answer come out. What makes no
/// sense ends its datagram silently: anybody may send anything.
///
/// A search that came as a unicast was heard by one process of this host alone. It is handed to all of them, this one
/// included, by way of a multicast on the loopback interface, with ORIGIN_TAG before it (PVXS and pvAccessCPP do so).
/// Thread: shard
class SearchResponder {
  public:
    using Send = std::function<void(base::Endpoint to, std::span<const std::byte>)>;

    struct Datagram {
        std::span<const std::byte> bytes;
        base::Endpoint from;
        bool handed_on = false; ///< it came by the multicast of this host
    };
    struct Sends {
        Send answer;
        std::function<void(std::span<const std::byte>)> hand_on; ///< empty: there is no such multicast
    };

    SearchResponder(const wire::pva::Guid& guid, Find find) : guid_(guid), find_(std::move(find)) {}

    /// `port` is the TCP listener's.
    void answer(const Datagram& datagram, std::uint16_t port, const Sends& sends);

    [[nodiscard]] std::uint64_t searches() const { return searches_; }
    [[nodiscard]] std::uint64_t answered() const { return answered_; }

  private:
    void answer(const wire::pva::Search& search, base::Endpoint to, std::uint16_t port, const Sends& sends);
    void hand_on(const wire::pva::Search& search, base::Endpoint to, const Sends& sends);

    wire::pva::Guid guid_;
    Find find_;
    std::vector<std::byte> bytes_;
    std::uint64_t searches_ = 0;
    std::uint64_t answered_ = 0;
};

} // namespace iochron::server::pva
