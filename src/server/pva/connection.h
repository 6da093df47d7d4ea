#pragma once

#include "base/connection.h"
#include "pv/peer.h"
#include "server/backlog.h"
#include "server/pva/outgoing.h"
#include "server/pva/request.h"
#include "server/pva/service.h"
#include "server/session.h"
#include "wire/pva/assembler.h"
#include "wire/pva/header.h"
#include "wire/pva/status.h"
#include "wire/pva/type.h"
#include "wire/pva/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace iochron::server::pva {

class Pipe;

/// The server's side of one pvAccess conversation, without the socket. What makes no sense but leaves the stream in
/// step is answered with an error; pvxs drops the connection in many of these cases (docs/wire-quirks.md).
/// Thread: shard
class Connection final : public base::Connection, public Session {
  public:
    /// A peer that is silent for so long is gone (pvxs: 4/3 of EPICS_PVA_CONN_TMO).
    static constexpr base::Duration silence = usual_silence; ///< where the Service has no other

    Connection(Service& service, std::unique_ptr<Line> line, std::string address, base::Steady now);
    ~Connection() override;

    // base::Connection
    void received(std::span<const std::byte> bytes, base::Steady now) override;
    void ended(base::Steady now) override;
    void due(base::Steady now) override;
    void sent(base::Steady now) override { settle(now); }
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

    [[nodiscard]] std::size_t channels() const { return channels_.size() - free_channels_.size(); }
    [[nodiscard]] std::size_t subscriptions() const { return monitors_; }
    [[nodiscard]] std::uint64_t posted() const { return service_.lane(lane_).delivered; }

  private:
    friend class Pipe;
    using Command = wire::pva::Command;
    using Message = wire::pva::Message;
    using Handler = void (Connection::*)(base::Reader&);

    struct Channel {
        enum class State : std::uint8_t { free, opening, open, server };
        std::uint32_t cid = 0;
        std::uint32_t generation = 0; ///< so that a sid is not used again soon
        PvIndex pv = none;
        State state = State::free;
        std::vector<std::uint32_t> requests; ///< ids
    };
    /// A request id of the peer's: what INIT made, for as long as the peer keeps it.
    struct Request {
        Command command = Command::get;
        ChannelIndex channel = none;
        pv::TypeRef type;
        std::shared_ptr<const pva::Request> asked;      ///< null where nothing can be asked for: a call
        std::shared_ptr<const pva::Request> asked_back; ///< PUT_GET: the fields of the answer
        bool executing = false;
        base::Handle operation;
        GroupIndex group = none; ///< a monitor that is started
        std::unique_ptr<Pipe> pipe;
    };
    /// What is remembered of an execution.
    struct Execution {
        std::uint32_t id = 0;
        Command command = Command::get;
        std::uint8_t subcommand = 0;
    };

    // The stream: connection.cpp
    void dispatch(const Message& message);
    [[nodiscard]] static Handler handler(Command command);
    void malformed(std::string_view what);
    void greet();
    void validation(base::Reader& reader);
    void echo(base::Reader& reader);
    void search(base::Reader& reader);
    void ignore(base::Reader& reader);
    template <class Write>
    void send(Command command, Write write);

    // Channels: connection_channels.cpp
    void create_channel(base::Reader& reader);
    void create(std::uint32_t cid, std::string_view name);
    void destroy_channel(base::Reader& reader);
    void get_field(base::Reader& reader);
    [[nodiscard]] std::uint32_t sid(ChannelIndex channel) const;
    [[nodiscard]] ChannelIndex find_channel(std::uint32_t sid) const;
    void end_channel(ChannelIndex index);
    void refuse_channel(std::uint32_t cid, const wire::pva::Status& why);

    // Requests: connection_requests.cpp
    void request(base::Reader& reader);
    void initialize(std::uint32_t id, std::uint8_t subcommand, ChannelIndex channel, base::Reader& reader);
    [[nodiscard]] wire::pva::Status prepare(Request& request, const pv::Value& asked);
    void execute(std::uint32_t id, Request& request, std::uint8_t subcommand, base::Reader& reader);
    void execute_put(std::uint32_t id, Request& request, std::uint8_t subcommand, base::Reader& reader);
    void call_server(std::uint32_t id, std::uint8_t subcommand, const pv::Value& arguments);
    void destroy_request(base::Reader& reader);
    void cancel_request(base::Reader& reader);
    void end_request(std::uint32_t id);
    void forget_request(std::uint32_t id);
    void cancel(std::uint32_t id, Request& request);
    void reply(const Execution& execution, const wire::pva::Status& status);
    void reply_with(const Execution& execution, const Request& request, const pv::BitSet& fields,
                    const pv::Sample& sample);
    void warn(std::uint32_t id, std::string_view text);
    [[nodiscard]] Operation operation(Operation::Kind kind, const Request& request, const Execution& execution) const;

    // Monitors: connection_monitors.cpp
    void monitor(std::uint32_t id, Request& request, std::uint8_t subcommand, base::Reader& reader);
    void start(std::uint32_t id, Request& request);
    void stop(std::uint32_t id, Request& request);
    void flow_pipes();

    Service& service_;
    std::unique_ptr<Line> line_;
    pv::Peer peer_;
    Identity identity_ = 0;
    Backlog backlog_;
    LaneIndex lane_;
    wire::pva::Assembler assembler_;
    wire::pva::TypeCache types_; ///< that the peer has defined
    wire::pva::TypeWriter descriptions_{byte_order};
    RequestReader asked_; ///< by the peer's pvRequests
    Outgoing outgoing_;
    Upkeep upkeep_; ///< of the backlog

    std::vector<Channel> channels_;
    std::vector<ChannelIndex> free_channels_;
    std::unordered_map<std::uint32_t, Request> requests_;
    std::vector<base::Handle> operations_;
    std::size_t monitor_requests_ = 0;
    std::size_t monitors_ = 0;                 ///< of those the ones that run
    std::vector<std::uint32_t> blocked_pipes_; ///< requests whose pipe waits for the output to become shorter

    Command command_{};        ///< of the message at hand
    std::uint8_t version_ = 1; ///< the lower of ours and the peer's
    base::Steady heard_;
    base::Steady deadline_ = base::never;
    bool validated_ = false;
    bool ended_ = false; ///< the peer sends no more
    bool finished_ = false;
};

/// A message whose body `body(encoder)` writes. Answers go out in the order in which they were made, updates with them.
template <class Write>
void Connection::send(Command command, Write body)
{
    wire::pva::Encoder encoder = outgoing_.begin(command);
    body(encoder);
    outgoing_.end(output());
}

} // namespace iochron::server::pva
