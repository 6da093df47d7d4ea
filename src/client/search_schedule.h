#pragma once

#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace iochron::client {

/// How hard a client searches. Bytes are those of the datagram's payload.
struct SearchSettings {
    std::size_t datagram_bytes = 1024; ///< the most that one datagram carries; libca's own bound
    std::size_t header_bytes = 16;     ///< what every datagram starts with (CA: VERSION)
    base::Duration first_interval = std::chrono::milliseconds(100); ///< before a name is searched a second time
    base::Duration max_interval = std::chrono::seconds(300);        ///< EPICS_CA_MAX_SEARCH_PERIOD
    base::Duration hurried_interval = std::chrono::seconds(8);      ///< hurry() leaves names alone that wait less
    std::size_t min_window_bytes = 4u << 10;
    std::size_t start_window_bytes = 32u << 10;
    std::size_t max_window_bytes = 64u << 10;  ///< more overruns the default receive buffer of a Linux server
    std::size_t bytes_per_second = 256u << 10; ///< of searches that nobody answers
};

/// When which names are searched, and in which company: packs names into datagrams, asks again with doubled intervals,
/// and holds the rate. Pure: time comes in, batches of names go out.
///
/// The rate is a bucket of `window` bytes, filled at bytes_per_second, from which each datagram takes its size and to
/// which each answer gives the size of its name back. So while all is answered the replies alone set the pace, and
/// when nothing is, the rate is bounded. The window grows with answers and halves when names have to be asked again.
/// No name is asked again within its interval, which jitter only stretches.
///
/// A name is a small number of the owner's choosing (its index in a table), which stays in memory here.
/// Thread: shard
class SearchSchedule {
  public:
    static constexpr std::uint32_t everywhere = 0;

    explicit SearchSchedule(const SearchSettings& settings = {}, std::uint32_t seed = 1);

    /// Searches for a name from now on. `bytes` is its share of a datagram. With a `server` (a number of the owner's
    /// choosing, not 0) its first search goes to that server alone. A name that is searched already stays as it is.
    void add(std::uint32_t name, std::size_t bytes, std::uint32_t server = everywhere);
    /// Searches for a name from now on, but not at once: what was found did not work (some seconds, at least half of
    /// hurried_interval). So a server that answers searches and refuses channels is not asked in a tight loop.
    void add_later(std::uint32_t name, std::size_t bytes, base::Steady now);
    /// The name was answered: no more searches, and room for others.
    void found(std::uint32_t name, base::Steady now);
    /// No more searches, for another reason.
    void remove(std::uint32_t name);
    [[nodiscard]] bool searching(std::uint32_t name) const;

    /// A server came up or behaves as if it had: names that wait long are asked soon, at the bounded rate.
    void hurry(base::Steady now);

    /// When run() has something to send, or `never`.
    [[nodiscard]] base::Steady deadline(base::Steady now) const;

    /// Calls send(server, names) once a datagram, for what is due and what the rate allows.
    template <class Send>
    void run(base::Steady now, Send&& send)
    {
        refill(now);
        for (std::uint32_t server = 0; pack(now, server);) {
            send(server, std::span<const std::uint32_t>(packed_));
        }
    }

    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    [[nodiscard]] std::size_t window_bytes() const { return window_; }

  private:
    /// A queue is a ring through one head and its names, in the order of their due times. The heads come first in
    /// `nodes_`: fresh, hurried, one for each level (how often a name was asked), one for each server asked alone.
    struct Node {
        base::Steady due;
        std::uint32_t next;
        std::uint32_t previous;
        std::uint16_t bytes = 0;
        bool waits = false;
    };
    static constexpr std::uint32_t fresh = 0;
    static constexpr std::uint32_t hurried = 1;
    static constexpr std::uint32_t first_level = 2;
    static constexpr std::uint32_t levels = 32;
    static constexpr std::uint32_t first_server = first_level + levels;
    static constexpr std::uint32_t servers = 64; ///< more at a time are searched like any name
    static constexpr std::uint32_t heads = first_server + servers;

    [[nodiscard]] bool empty(std::uint32_t head) const { return nodes_[head].next == head; }
    [[nodiscard]] bool enter(std::uint32_t name, std::size_t bytes);
    void append(std::uint32_t head, std::uint32_t node);
    void unlink(std::uint32_t node);
    void splice(std::uint32_t from, std::uint32_t to);
    [[nodiscard]] std::uint32_t server_head(std::uint32_t server);
    [[nodiscard]] bool is_due(std::uint32_t head, base::Steady now) const;
    [[nodiscard]] base::Duration interval(std::uint32_t level) const;
    [[nodiscard]] base::Steady next_due(std::uint32_t level, base::Steady now);
    void refill(base::Steady now);
    bool pack(base::Steady now, std::uint32_t& server);
    void take_retries(base::Steady now, std::size_t& room);
    void take_from(std::uint32_t head, base::Steady now, std::size_t& room);
    void missed(base::Steady now);
    std::uint32_t random();

    SearchSettings settings_;
    std::vector<Node> nodes_;
    std::vector<base::Duration> stretch_;  ///< of each level's interval, chosen anew whenever its queue was empty
    std::vector<std::uint32_t> server_of_; ///< each server queue's server
    std::uint32_t last_level_ = 0;
    std::uint32_t hurried_level_ = 0;
    std::size_t waiting_ = 0;
    double credit_;
    std::size_t window_;
    base::Steady refilled_{};
    base::Steady halved_{};
    bool retries_first_ = false;
    std::uint32_t random_;
    std::vector<std::uint32_t> packed_;
};

} // namespace iochron::client
