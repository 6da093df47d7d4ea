#pragma once

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/database.h"
#include "perf/faulty_source.h"
#include "perf/faulty_wire.h"
#include "perf/load_client.h"
#include "perf/planted.h"
#include "perf/self_test_net.h"
#include "reactor/shard.h"
#include "reactor/system_clock.h"
#include "reactor/timer.h"
#include "server/budget.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace iochron::perf {

inline constexpr unsigned self_test_pvs = 3;
inline constexpr unsigned self_test_monitors = 2;  ///< of each PV, each on the wire by itself
inline constexpr unsigned self_test_updates = 200; ///< of each PV, after the first value

/// Database, server, client and count on one shard, with whatever is planted between them.
/// Thread: shard
class SelfTestRig {
  public:
    SelfTestRig(const Planted& planted, Protocol protocol);

    [[nodiscard]] Found run();

  private:
    /// Updates as each part has counted them.
    struct Counts {
        std::uint64_t posted = 0;    ///< by the database
        std::uint64_t served = 0;    ///< that the server was handed
        std::uint64_t fanned = 0;    ///< made of them for subscriptions
        std::uint64_t coalesced = 0; ///< by the server
        std::uint64_t framed = 0;    ///< that connections wrote
        std::uint64_t received = 0;  ///< that the client gave
        std::uint64_t handed = 0;    ///< to what counts them
    };

    void make_records();
    void make_updates();
    void make_update();
    [[nodiscard]] Counts count();
    [[nodiscard]] static Place place_of(const Counts& counts);
    void wait_until(const std::function<bool()>& done, const char* what);

    const Planted& planted_;
    reactor::Shard shard_;
    reactor::SystemClock clock_;
    base::SilentLog log_;
    base::Counters counters_;
    base::Limits limits_;
    server::Budget budget_;
    db::Database database_;
    std::vector<std::pair<db::RecordId, pv::Value>> values_;
    FaultySource records_; ///< the database as the server sees it
    WirePlan wire_;
    std::unique_ptr<SelfTestNet> net_;
    FaultySource heard_; ///< the network as the count sees it
    LoadClient load_;
    unsigned made_ = 0;
    reactor::Timer timer_;
};

} // namespace iochron::perf
