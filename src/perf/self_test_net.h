#pragma once

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "perf/faulty_wire.h"
#include "perf/planted.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "server/budget.h"
#include "server/service.h"

#include <memory>

namespace iochron::perf {

/// What a SelfTestNet joins. All outlive it.
struct NetParts {
    reactor::Shard& shard;
    pv::Source& records;
    const base::Limits& limits;
    base::Log& log;
    base::Counters& counters;
    server::Budget& budget;
    WirePlan& wire;
};

/// A server and a client of one protocol on loopback, with a FaultyWire between them; found by nobody else.
/// Thread: shard
class SelfTestNet {
  public:
    virtual ~SelfTestNet() = default;
    [[nodiscard]] virtual server::Service& service() = 0;
    /// What the client offers.
    [[nodiscard]] virtual pv::Source& network() = 0;
};

/// Throws base::Problem where a port cannot be had.
[[nodiscard]] std::unique_ptr<SelfTestNet> self_test_net(Protocol protocol, const NetParts& parts);

} // namespace iochron::perf
