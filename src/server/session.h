#pragma once

#include "pv/peer.h"
#include "pv/sample.h"
#include "pv/status.h"
#include "server/backlog.h"
#include "server/operation.h"
#include "server/pv_table.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace iochron::server {

/// The stream below a session, as far as the session itself asks something of it.
/// Thread: shard
class Line {
  public:
    virtual ~Line() = default;
    /// The session has output, or has changed deadline() or finished().
    virtual void touch() = 0;
    /// The session holds much output: write what the peer takes at once.
    virtual void flush() = 0;
    /// Ends the stream without writing what waits.
    virtual void close(std::string_view why) = 0;
};

/// What a session keeps beside its backlog, for Service::settle_backlog().
struct Upkeep {
    std::size_t noted_bytes = 0;     ///< in the budget
    base::Steady late = base::never; ///< now: updates are to be dropped, in another turn
};

/// One peer's conversation, as the Service sees it: a CA circuit or a PVA connection.
/// Thread: shard
class Session {
  public:
    virtual ~Session() = default;

    [[nodiscard]] virtual const pv::Peer& peer() const = 0;
    [[nodiscard]] virtual Identity identity() const = 0;
    [[nodiscard]] virtual LaneIndex lane() const = 0;
    [[nodiscard]] virtual Line& line() = 0;
    [[nodiscard]] virtual const Backlog& backlog() const = 0;
    [[nodiscard]] virtual PvIndex pv_of(ChannelIndex channel) const = 0;

    /// What Service::open() was asked for; the reason why not where the status is not ok.
    virtual void opened(ChannelIndex channel, const pv::Status& status) = 0;
    /// An operation of this session's begins.
    virtual void entered(base::Handle operation) = 0;
    virtual void completed(base::Handle handle, const Operation& operation, const pv::Status& status,
                           const pv::Sample* sample) = 0;
    /// Some PVs are gone; others, whose indices are given in order, have other rights.
    virtual void look_at_pvs(std::span<const PvIndex> changed) = 0;
    /// The piece of work is done: what waits is looked at and written.
    virtual void settle(base::Steady now) = 0;
    /// Drops superseded updates at once.
    virtual void collapse() = 0;
    /// Ends it for our own reasons, with all that waits.
    virtual void abandon(std::string_view why) = 0;
};

} // namespace iochron::server
