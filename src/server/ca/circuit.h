#pragma once

#include "base/connection.h"
#include "pv/peer.h"
#include "server/backlog.h"
#include "server/ca/frames.h"
#include "server/ca/ids_in_use.h"
#include "server/ca/service.h"
#include "server/operation.h"
#include "server/pv_table.h"
#include "server/session.h"
#include "wire/ca/eca.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::server::ca {

/// A channel of a circuit; its SID is first_sid plus its index. 24 bytes with its first subscription, as there may be
/// millions.
struct Channel {
    enum class State : std::uint8_t { free, opening, open };

    std::uint32_t cid = 0;
    PvIndex pv = none;
    std::uint32_t first_id = 0; ///< the first subscription's id
    GroupIndex first_group = none;
    std::uint32_t extra = none; ///< what only few channels have
    State state = State::free;
};
static_assert(sizeof(Channel) == 24);

/// Server ids of channels start here, so that no SID in a cancel's confirmation can be taken for an update's status.
inline constexpr std::uint32_t first_sid = 1024;

/// The server's side of one CA conversation, without the socket. Requests are executed in their order. Where a request
/// makes no sense but the stream is in step, the answer is ERROR and the circuit stays, since it carries all channels
/// of a client; rsrv closes it in many of these cases (docs/wire-quirks.md).
/// Thread: shard
class Circuit final : public base::Connection, public Session {
  public:
    /// `address` is the peer's, "10.0.0.7:41234".
    Circuit(Service& service, std::unique_ptr<Line> line, std::string address);
    ~Circuit() override;

    // base::Connection
    void received(std::span<const std::byte> bytes, base::Steady now) override;
    void ended(base::Steady now) override;
    void due(base::Steady now) override;
    void sent(base::Steady now) override;
    void closed(std::string_view why, base::Steady now) override;
    [[nodiscard]] base::Steady deadline() const override { return std::min(deadline_, upkeep_.late); }
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] base::Output& output() override { return backlog_.output(); }

    // Session
    [[nodiscard]] const pv::Peer& peer() const override { return peer_; }
    [[nodiscard]] Identity identity() const override { return identity_; }
    [[nodiscard]] LaneIndex lane() const override { return lane_; }
    [[nodiscard]] Line& line() override { return *line_; }
    [[nodiscard]] const Backlog& backlog() const override { return backlog_; }
    [[nodiscard]] PvIndex pv_of(ChannelIndex channel) const override { return channels_[channel].pv; }
    void opened(ChannelIndex channel, const pv::Status& status) override;
    void entered(base::Handle operation) override;
    void completed(base::Handle handle, const Operation& operation, const pv::Status& status,
                   const pv::Sample* sample) override;
    void look_at_pvs(std::span<const PvIndex> changed) override;
    void settle(base::Steady now) override;
    void collapse() override;
    void abandon(std::string_view why) override;

    // For reports.
    struct SubscriptionReport {
        std::string_view name;
        std::uint32_t id = 0;
        std::uint64_t delivered = 0;  ///< updates made for it, with the first value
        std::uint64_t superseded = 0; ///< of them, by a newer one before they were sent
    };
    [[nodiscard]] std::size_t channels() const { return channels_.size() - free_channels_.size(); }
    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_; }
    [[nodiscard]] std::uint64_t posted() const { return service_.lane(lane_).delivered; }
    [[nodiscard]] std::uint16_t minor() const { return minor_; }
    [[nodiscard]] std::uint16_t priority() const { return priority_; }
    template <class F>
    void each_subscription(F&& f) const;

  private:
    struct Message {
        const wire::ca::Header& header;
        std::span<const std::byte> payload;
    };
    using Handler = void (Circuit::*)(const Message&);
    struct Subscription {
        std::uint32_t id = 0;
        GroupIndex group = none;
    };
    /// What a channel has beyond one subscription: more of them, or a put under way and what must come after it.
    struct Extra {
        std::vector<Subscription> subscriptions;
        std::optional<base::Handle> writing;
        std::deque<std::vector<std::byte>> queued; ///< whole messages
    };

    // The stream: circuit.cpp
    std::span<const std::byte> take(std::span<const std::byte> bytes);
    std::span<const std::byte> complete(std::span<const std::byte> bytes);
    bool handle(const wire::ca::Frame& frame);
    void dispatch(const Message& message);
    [[nodiscard]] static Handler handler(wire::ca::Command command);
    [[nodiscard]] wire::ca::FrameLimits frame_limits() const;
    void error(const wire::ca::Header& request, wire::ca::Eca status, std::string_view text,
               std::uint32_t cid = wire::ca::no_id);
    /// Of a request for a channel: names it, as rsrv does, and says why.
    void channel_error(const wire::ca::Header& request, wire::ca::Eca status, std::string_view text,
                       ChannelIndex channel);
    void malformed(const Message& message, wire::ca::Eca status, std::string_view text);
    void finish() { finished_ = true; }
    void finish_if_idle();
    void give_up(std::string_view why);

    // Handlers without a channel: circuit_state.cpp
    void version(const Message& message);
    void client_name(const Message& message);
    void host_name(const Message& message);
    void events_off(const Message& message);
    void events_on(const Message& message);
    void echo(const Message& message);
    void read_sync(const Message& message);
    void search(const Message& message);

    // Channels: circuit_channels.cpp
    void create_channel(const Message& message);
    void clear_channel(const Message& message);
    [[nodiscard]] ChannelIndex add_channel(std::uint32_t cid);
    void free_channel(ChannelIndex index);
    /// Ends subscriptions and operations, and lets go of the PV. Says nothing to the peer.
    void end_channel(ChannelIndex index);
    /// The open channel that a request names; otherwise answers with an error.
    [[nodiscard]] ChannelIndex channel_of(const Message& message);
    [[nodiscard]] Extra& extra(ChannelIndex index);
    void tell_rights(const Channel& channel);

    // Subscriptions: circuit_monitors.cpp
    void event_add(const Message& message);
    void event_cancel(const Message& message);
    GroupIndex take_subscription(Channel& channel, std::uint32_t id);
    void end_subscription(std::uint32_t id, GroupIndex group);
    void end_subscriptions(ChannelIndex channel);

    // Reads: circuit_reads.cpp
    void read_notify(const Message& message);
    void read(const Message& message);
    void start_read(const Message& message, Operation::Kind kind);
    void read_failed(Operation::Kind kind, ChannelIndex channel, const wire::ca::Header& request, wire::ca::Eca status,
                     std::string_view text);
    void read_completed(const Operation& operation, const pv::Status& status, const pv::Sample* sample);
    /// Whether a value of that form can be sent to this peer; otherwise answers with an error.
    [[nodiscard]] bool fits(const Message& message, ChannelIndex channel, std::uint32_t count);

    // Writes: circuit_writes.cpp
    void write(const Message& message);
    void write_notify(const Message& message);
    void start_write(const Message& message, Operation::Kind kind);
    void write_failed(Operation::Kind kind, ChannelIndex channel, const wire::ca::Header& request, wire::ca::Eca status,
                      std::string_view text);
    void write_completed(base::Handle handle, const Operation& operation, const pv::Status& status);
    /// True where an earlier put of the channel is under way, so that the message has been put behind it.
    [[nodiscard]] bool queue_behind_write(ChannelIndex channel, const Message& message, bool notify);
    void run_queued(ChannelIndex channel);

    Service& service_;
    std::unique_ptr<Line> line_;
    pv::Peer peer_;
    Identity identity_ = 0;
    Backlog backlog_;
    LaneIndex lane_;
    Upkeep upkeep_; ///< of the backlog

    std::vector<std::byte> partial_; ///< the start of a message
    std::uint64_t skip_ = 0;         ///< bytes of one that is too large
    std::vector<Channel> channels_;
    std::vector<ChannelIndex> free_channels_;
    std::vector<Extra> extras_;
    std::vector<std::uint32_t> free_extras_;
    std::vector<base::Handle> operations_;
    std::size_t subscriptions_ = 0;
    IdsInUse ids_;                 ///< of subscriptions
    std::size_t queued_bytes_ = 0; ///< of messages behind puts

    base::Steady deadline_ = base::never;
    std::uint16_t minor_ = 0;
    std::uint16_t priority_ = 0;
    bool versioned_ = false;
    bool ended_ = false;
    bool finished_ = false;
};

template <class F>
void Service::each_circuit(F&& f) const
{
    each_session([&](Session& session) { f(static_cast<Circuit&>(session)); });
}

template <class F>
void Circuit::each_subscription(F&& f) const
{
    const auto show = [&](const Channel& channel, std::uint32_t id, GroupIndex group) {
        const Fanout::Left state = service_.look_up(group, {lane_, wire_id(id)});
        f(SubscriptionReport{service_.name(channel.pv), id, state.delivered, backlog_.superseded(id) + state.replaced});
    };
    for (const Channel& channel : channels_) {
        if (channel.state == Channel::State::open && channel.first_group != none) {
            show(channel, channel.first_id, channel.first_group);
        }
        if (channel.state == Channel::State::open && channel.extra != none) {
            for (const Subscription& subscription : extras_[channel.extra].subscriptions) {
                show(channel, subscription.id, subscription.group);
            }
        }
    }
}

} // namespace iochron::server::ca
