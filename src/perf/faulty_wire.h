#pragma once

#include "base/byte_order.h"
#include "base/connection.h"
#include "perf/fault.h"
#include "server/backlog.h"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace iochron::perf {

/// What is done to the frames of a server's connections, and what was seen of them. One for all connections.
/// Thread: shard
struct WirePlan {
    Planter queue;            ///< to those that wait in a connection's output (loses only)
    Planter wire;             ///< to those that it has written
    bool stalled = false;     ///< the wire takes nothing
    std::uint64_t frames = 0; ///< updates that connections have written
};

/// How the updates of a protocol look, as far as a fault needs it.
/// Thread: fixed
struct WireForm {
    const server::Frames& frames;
    base::ByteOrder order;
    std::size_t (*value_at)(std::span<const std::byte> update); ///< where the frame of a float64 has it
};

/// A connection of the server as it is, but for what a WirePlan does to its frames.
/// Thread: shard
class FaultyWire final : public base::Connection {
  public:
    FaultyWire(std::unique_ptr<base::Connection> inner, const WireForm& form, WirePlan& plan, base::BlockPool& pool)
        : inner_(std::move(inner)), form_(form), plan_(plan), out_(pool)
    {}

    void received(std::span<const std::byte> bytes, base::Steady now) override { inner_->received(bytes, now); }
    void ended(base::Steady now) override { inner_->ended(now); }
    void due(base::Steady now) override { inner_->due(now); }
    void sent(base::Steady now) override { inner_->sent(now); }
    void closed(std::string_view why, base::Steady now) override { inner_->closed(why, now); }
    [[nodiscard]] base::Steady deadline() const override { return inner_->deadline(); }
    [[nodiscard]] bool finished() const override { return inner_->finished(); }
    /// What the connection has to write goes through here, unless the wire is stalled.
    [[nodiscard]] base::Output& output() override;

  private:
    [[nodiscard]] Planter::Fate fate(Planter& planter, std::span<const std::byte> frame) const;
    void lose_waiting();
    void take_written();
    void cut_frames();
    void pass_on(std::span<const std::byte> frame);
    void spoil(std::span<const std::byte> frame);

    std::unique_ptr<base::Connection> inner_;
    WireForm form_;
    WirePlan& plan_;
    base::Output out_;
    std::vector<std::byte> written_; ///< by the connection, not passed on yet
    std::vector<std::byte> held_;
};

} // namespace iochron::perf
