#pragma once

#include "base/connection.h"
#include "perf/fault.h"

#include <memory>
#include <utility>
#include <vector>

namespace iochron::perf {

/// What is done to the frames of a CA server's circuits, and what was seen of them. One for all circuits of a server.
/// Thread: shard
struct WirePlan {
    Planter queue;            ///< to those that wait in a circuit's output (loses only)
    Planter wire;             ///< to those that it has written (loses and repeats)
    bool stalled = false;     ///< the wire takes nothing
    std::uint64_t frames = 0; ///< updates that circuits have written
};

/// A CA circuit of the server as it is, but for what a WirePlan does to its frames.
/// Thread: shard
class FaultyWire final : public base::Connection {
  public:
    FaultyWire(std::unique_ptr<base::Connection> inner, WirePlan& plan, base::BlockPool& pool)
        : inner_(std::move(inner)), plan_(plan), out_(pool)
    {}

    void received(std::span<const std::byte> bytes, base::Steady now) override { inner_->received(bytes, now); }
    void ended(base::Steady now) override { inner_->ended(now); }
    void due(base::Steady now) override { inner_->due(now); }
    void sent(base::Steady now) override { inner_->sent(now); }
    void closed(std::string_view why, base::Steady now) override { inner_->closed(why, now); }
    [[nodiscard]] base::Steady deadline() const override { return inner_->deadline(); }
    [[nodiscard]] bool finished() const override { return inner_->finished(); }
    /// What the circuit has to write goes through here, unless the wire is stalled.
    [[nodiscard]] base::Output& output() override;

  private:
    void lose_waiting();
    void take_written();
    void cut_frames();
    void pass_on(std::span<const std::byte> frame);

    std::unique_ptr<base::Connection> inner_;
    WirePlan& plan_;
    base::Output out_;
    std::vector<std::byte> written_; ///< by the circuit, not passed on yet
};

} // namespace iochron::perf
