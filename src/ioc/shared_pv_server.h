#pragma once

#include "ioc/ioc.h"
#include "pv/structure.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace iochron {

/// PVs without records, each a structure that the program posts, served over pvAccess. What a client puts is posted to
/// all (a mailbox). Of the settings, `prefix` and `serve_ca` are of no effect.
///
///     iochron::SharedPvServer server;
///     const auto count = server.add("COUNT", pv::Structure(pv::nt_scalar(pv::ScalarType::int32)));
///     server.start();
///     server.post(count, pv::Value::of(1));
/// Thread: any, but add() and start() are for one thread
class SharedPvServer {
  public:
    enum class Pv : std::uint32_t {};

    explicit SharedPvServer(IocSettings settings = {});
    SharedPvServer(const SharedPvServer&) = delete;
    SharedPvServer& operator=(const SharedPvServer&) = delete;
    ~SharedPvServer(); ///< stop()

    /// Before start(). Throws base::Problem where the name is taken or empty.
    Pv add(const std::string& name, const pv::Structure& first);
    /// Gives a new `value` with the present time, or the marked fields of a structure of the PV's type, as it is. Does
    /// not block; what one thread posts arrives in its order. What does not fit the type is logged.
    void post(Pv pv, pv::Value value);
    /// Closes the PV: its clients lose it. They find it again when it is opened, with another type if so wanted.
    void close(Pv pv);
    void open(Pv pv, pv::Structure first);

    /// Throws base::Problem where a port or an interface cannot be had.
    void start();
    /// For good: it is not to be started again.
    void stop();
    /// start(), unless it was, then waits for SIGINT or SIGTERM, and stop().
    void run();
    [[nodiscard]] std::uint16_t pva_port() const; ///< 0 while not started
    /// All counts by name; "shared_pv.posted" are the posts that have become a PV's value.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace iochron
