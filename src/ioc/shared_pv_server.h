#pragma once

#include "ioc/ioc.h"
#include "pv/peer.h"
#include "pv/structure.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace iochron {

/// PVs without records, each a structure that the program posts, served over pvAccess, and over Channel Access where it
/// has one plain value (pv/plain_pvs.h). What a client puts is posted to all (a mailbox), unless the PV has a handler
/// for puts. Of the settings, `prefix` is of no effect.
///
///     iochron::SharedPvServer server;
///     const auto count = server.add("COUNT", pv::Structure(pv::nt_scalar(pv::ScalarType::int32)));
///     server.start();
///     server.post(count, pv::Value::of(1));
///
/// Handlers run on one thread of the server's own, so they may block without holding up clients of other PVs. What they
/// throw is logged and refuses the operation.
/// Thread: any, but before start() for one thread
class SharedPvServer {
  public:
    enum class Pv : std::uint32_t {};

    /// A put or a call by a client: to be ended once, by any thread, at any time. Copies are the same operation; when
    /// all are gone without an end the client is told that it had no answer. What is ended after the client, the PV or
    /// the server has gone is ignored.
    /// Thread: any
    class Operation {
      public:
        [[nodiscard]] Pv pv() const;
        [[nodiscard]] const std::string& name() const; ///< of the PV
        /// Of a put: a structure of the PV's type in which what the client has put is marked. Of a call: the arguments.
        [[nodiscard]] const pv::Value& value() const;
        [[nodiscard]] const pv::Peer& peer() const;

        void done() const;
        void done(pv::Structure result) const; ///< of a call
        void refuse(std::string words) const;

      private:
        friend class SharedPvServer;
        struct State;
        explicit Operation(std::shared_ptr<State> state) : state_(std::move(state)) {}
        std::shared_ptr<State> state_;
    };
    struct Handlers {
        /// Nothing of a put is posted by itself: post() what shall be the value, then done().
        std::function<void(Operation)> put{};
        /// Without one calls are refused.
        std::function<void(Operation)> call{};
        /// True: they run on the server's thread, for code that never blocks.
        bool never_block = false;
    };
    /// Told of each name that a client looks for and that is not there, on the server's thread: it must not block. It
    /// may add() the PV. Clients look for names that are not ours, and again and again.
    using NameHandler = std::function<void(const std::string& name)>;

    explicit SharedPvServer(IocSettings settings = {});
    SharedPvServer(const SharedPvServer&) = delete;
    SharedPvServer& operator=(const SharedPvServer&) = delete;
    ~SharedPvServer(); ///< stop()

    /// Throws base::Problem where the name is taken or empty.
    Pv add(const std::string& name, const pv::Structure& first) { return add(name, first, Handlers{}); }
    Pv add(const std::string& name, const pv::Structure& first, Handlers handlers);
    /// Closes the PV and forgets its name, which may then be added anew. What is posted to it is logged and dropped.
    void remove(Pv pv);
    /// Before start().
    void on_name(NameHandler handler);

    /// Gives a new `value` with the present time, or the marked fields of a structure of the PV's type, as it is. Does
    /// not block; what one thread posts arrives in its order, and every post is an update of its own, as long as what
    /// waits takes less than a sixteenth of Limits::process_output_bytes. Beyond that it is merged into the last one of
    /// the PV that waits. What does not fit the type is logged.
    Pushed post(Pv pv, pv::Value value);
    Pushed post(Pv pv, pv::Structure update) { return post(pv, pv::Value::of(std::move(update))); }
    /// The same, but waits for room instead of merging. Not for handlers that never block, nor for name handlers.
    void post_waiting(Pv pv, pv::Value value);
    /// Closes the PV: its clients lose it. They find it again when it is opened, with another type if so wanted.
    void close(Pv pv);
    void open(Pv pv, pv::Structure first);

    /// Throws base::Problem where a port or an interface cannot be had.
    void start();
    /// For good: it is not to be started again. Not to be called by a handler.
    void stop();
    /// start(), unless it was, then waits for SIGINT or SIGTERM, and stop().
    void run();
    [[nodiscard]] std::uint16_t pva_port() const; ///< 0 while not started
    [[nodiscard]] std::uint16_t ca_port() const;  ///< likewise
    /// All counts by name; "shared_pv.posted" are the posts that have become a PV's value, "shared_pv.coalesced" those
    /// that were merged into an earlier one.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace iochron
