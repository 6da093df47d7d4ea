#pragma once

#include "base/endpoint.h"
#include "base/time.h"
#include "reactor/timer_queue.h"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace iochron::reactor {

/// Waits for sockets, for one alarm, and for a wake-up from other threads. The only place that knows Asio, behind
/// which the system's own multiplexer (epoll, io_uring) is chosen.
/// Thread: shard, but wake(): any
class Poller {
  public:
    using Found = std::move_only_function<void(std::expected<std::vector<base::Ipv4>, std::string>)>;

    Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;
    ~Poller();

    /// Runs one call that is ready. False when none was. Does not block.
    bool poll_one();
    /// Blocks until something is ready, the alarm goes off or wake() is called, and runs one call.
    void wait_one();
    /// Ends wait_one() at this time; `never`: no alarm. Cheap when nothing changes.
    void set_alarm(base::Steady when);
    void wake();

    /// IPv4 addresses of a host name, in words why not. The name server is asked by another thread; the answer comes
    /// as a call of the poller.
    void look_up(const std::string& host, Found found);

  private:
    friend class Watch;
    struct Io;
    std::unique_ptr<Io> io_;
};

/// Tells when one socket may be read or written. Owns the descriptor, which must be non-blocking. Each await_...
/// gives one call; asking twice gives one. No call comes after close(). Must not outlive its poller.
/// Thread: shard
class Watch {
  public:
    Watch() = default;
    Watch(Poller& poller, int descriptor, Task readable, Task writable);
    Watch(Watch&&) noexcept = default;
    Watch& operator=(Watch&& other) noexcept;
    ~Watch() { close(); }

    void await_readable();
    void await_writable();
    /// Calls `readable` when the peer has reset the connection: for one that has ended, and so stays readable.
    void await_error();

    /// -1 when closed.
    [[nodiscard]] int descriptor() const;
    void close();
    /// Gives the descriptor away, open.
    [[nodiscard]] int release();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace iochron::reactor
