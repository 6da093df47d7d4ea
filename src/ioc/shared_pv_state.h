#pragma once

#include "base/counters.h"
#include "ioc/shared_pv_server.h"
#include "pv/plain_pvs.h"
#include "pv/shared_pv.h"
#include "reactor/executor.h"
#include "reactor/gate.h"
#include "reactor/keyed_queue.h"
#include "reactor/shard.h"
#include "reactor/system_clock.h"
#include "server/ca/server.h"
#include "server/pva/server.h"

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace iochron {

/// All that a SharedPvServer is made of, in the order in which it is built; it is taken down the other way round.
/// Thread: shard, once started
struct SharedPvServer::State final : reactor::Touched {
    enum class Kind : std::uint8_t { post, open, close };
    /// What the program wants of a PV.
    struct Order {
        Kind kind = Kind::post;
        pv::Value value;
        base::Stamp time = base::undefined_stamp;

        [[nodiscard]] std::size_t weight() const { return sizeof(Order) + pv::held_bytes(value); }
        /// Two posts make one; opening and closing stay.
        bool replace_with(Order& newer);
    };
    struct Entry {
        std::string name;
        std::shared_ptr<pv::SharedPv> pv; ///< null: removed
    };

    explicit State(IocSettings given);
    ~State() override;

    void settle(base::Steady /*now*/) override { pvs.settle(); }
    void obey(std::span<std::pair<std::uint32_t, Order>> orders);
    void tell(const std::vector<std::string>& problems) const;
    void serve(); ///< throws base::Problem where the server cannot be had
    Pv add(const std::string& name, const pv::Structure& first, Handlers handlers);
    /// Has a handler called with what the client asks.
    void hand(const std::shared_ptr<const Handlers>& handlers, bool call, Operation operation);
    [[nodiscard]] std::vector<std::string> names() const;

    IocSettings settings;
    std::shared_ptr<base::Log> log;
    reactor::SystemClock clock;
    base::Counters counters;
    base::Counter& posted = counters.get("shared_pv.posted");
    std::atomic<std::uint64_t> coalesced = 0;
    reactor::Shard shard{{.name = "shared_pv"}};
    server::Budget budget;
    pv::SharedPvs pvs;
    pv::PlainPvs plain{pvs};    ///< for Channel Access
    std::vector<Entry> entries; ///< by Pv
    reactor::Executor user;
    reactor::KeyedQueue<std::uint32_t, Order> orders;
    std::unique_ptr<server::pva::Server> pva;
    std::unique_ptr<server::ca::Server> ca;
    std::shared_ptr<reactor::Gate<State>> gate = std::make_shared<reactor::Gate<State>>(*this);
    bool running = false;
};

/// Thread: any
struct SharedPvServer::Operation::State {
    State(std::shared_ptr<reactor::Gate<SharedPvServer::State>> to, Pv of, std::string called, pv::Value given,
          pv::Peer asking, pv::Answer answered)
        : gate(std::move(to)), pv(of), name(std::move(called)), value(std::move(given)), peer(std::move(asking)),
          answer(std::move(answered))
    {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    /// The answer is let go of on the shard, whose it is.
    ~State()
    {
        end([](const pv::Answer&) {});
    }

    /// The first one counts.
    void end(std::function<void(const pv::Answer&)> use);

    std::shared_ptr<reactor::Gate<SharedPvServer::State>> gate;
    Pv pv;
    std::string name;
    pv::Value value;
    pv::Peer peer;
    pv::Answer answer;
    std::atomic<bool> ended = false;
};

} // namespace iochron
