#pragma once

#include "server/backlog.h"
#include "server/pva/connection.h"
#include "server/session.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace iochron::server::pva {

/// A monitor whose peer grants how many updates it may be sent: they wait here, under the same rules as in a
/// connection's backlog, until it grants more. To the Service it is a session of its own, as it has a lane of its own.
/// Thread: shard
class Pipe final : public Session {
  public:
    Pipe(Connection& connection, std::uint32_t id, std::uint32_t credit);
    ~Pipe() override;

    void grant(std::uint32_t updates) { credit_ += updates; }
    /// Hands over what may be sent: what was granted, and not more than the peer reads, so that what waits may still be
    /// superseded. What is handed over is sent, as the peer counts it.
    void flow();
    /// The same, once the connection has less to send.
    void flow_again()
    {
        blocked_ = false;
        flow();
    }
    /// Drops all that waits.
    void clear();

    // Session
    [[nodiscard]] const pv::Peer& peer() const override { return connection_.peer(); }
    [[nodiscard]] Identity identity() const override { return connection_.identity(); }
    [[nodiscard]] LaneIndex lane() const override { return lane_; }
    [[nodiscard]] Line& line() override { return connection_.line(); }
    [[nodiscard]] const Backlog& backlog() const override { return backlog_; }
    [[nodiscard]] PvIndex pv_of(ChannelIndex channel) const override { return connection_.pv_of(channel); }
    // Channels and operations are the connection's.
    void opened(ChannelIndex, const pv::Status&) override {}
    void entered(base::Handle) override {}
    void completed(base::Handle, const Operation&, const pv::Status&, const pv::Sample*) override {}
    void look_at_pvs(std::span<const PvIndex>) override {}
    void settle(base::Steady now) override;
    void collapse() override;
    void abandon(std::string_view why) override { connection_.abandon(why); }

  private:
    void note_size();

    Connection& connection_;
    std::uint32_t id_; ///< of the request
    Backlog backlog_;
    LaneIndex lane_;
    std::uint64_t credit_;
    bool blocked_ = false; ///< the connection calls flow_again()
    std::size_t noted_bytes_ = 0;
};

} // namespace iochron::server::pva
