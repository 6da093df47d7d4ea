#pragma once

#include "base/connection.h"
#include "client/look_ahead.h"
#include "client/pva/monitor.h"
#include "client/pva/settings.h"
#include "client/update_batch.h"
#include "wire/pva/assembler.h"
#include "wire/pva/encoder.h"
#include "wire/pva/header.h"
#include "wire/pva/search.h"
#include "wire/pva/status.h"
#include "wire/pva/type.h"
#include "wire/pva/value.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::client::pva {

/// Whom a Connection tells.
/// Thread: shard
class ConnectionUser {
  public:
    virtual ~ConnectionUser() = default;
    /// The server has accepted us: channels may be created.
    virtual void validated() = 0;
    virtual void created(std::uint32_t cid, std::uint32_t sid, const wire::pva::Status& status) = 0;
    /// The server took the channel away.
    virtual void destroyed(std::uint32_t cid, std::uint32_t sid) = 0;
    /// An answer or update of the request `id`. Gives false where its bytes make no sense.
    virtual bool answered(wire::pva::Command command, std::uint32_t id, base::Reader& reader,
                          wire::pva::TypeCache& types) = 0;
    /// What was received at once has been told.
    virtual void settled() = 0;
    /// Of the server, to people: about the request `id`, or none of ours.
    virtual void message(std::uint32_t id, wire::pva::MessageKind kind, std::string_view text) = 0;
    /// To a search that was sent here.
    virtual void answered(const wire::pva::SearchResponse& response) = 0;
    virtual void gone(std::string_view why) = 0;
};

/// The client's side of one pvAccess conversation, without the socket: says who we are, sends requests, keeps the peer
/// alive, hands on what comes.
/// Thread: shard
class Connection final : public base::Connection {
  public:
    /// Updates of numbers go from the Monitors right into the batch.
    Connection(const Settings& settings, ConnectionUser& user, Monitors& monitors, UpdateBatch& batch,
               base::BlockPool& pool, base::Steady now);

    /// What a monitor of this type needs to take its updates the short way; null where it cannot. Lives as long as the
    /// connection.
    [[nodiscard]] Layout* layout_of(const pv::TypeRef& type);

    /// Left out while more than 64 KiB wait to be sent: it comes again.
    void search(const wire::pva::Search& search);
    void create_channel(std::uint32_t cid, std::string_view name);
    void destroy_channel(std::uint32_t sid, std::uint32_t cid);
    /// A request, with what `body(encoder)` writes behind it.
    template <class Body>
    void request(wire::pva::Command command, std::uint32_t sid, std::uint32_t id, std::uint8_t subcommand, Body body)
    {
        send(command, [&](wire::pva::Encoder& encoder) {
            encoder.u32(sid);
            encoder.u32(id);
            encoder.u8(subcommand);
            body(encoder);
        });
    }
    void request(wire::pva::Command command, std::uint32_t sid, std::uint32_t id, std::uint8_t subcommand)
    {
        request(command, sid, id, subcommand, [](wire::pva::Encoder&) {});
    }
    /// Asks for the type of the whole.
    void get_field(std::uint32_t sid, std::uint32_t id);
    void destroy_request(std::uint32_t sid, std::uint32_t id);
    void finish() { finished_ = true; }
    /// For ValueReader: of the message that the user is being told of.
    [[nodiscard]] const pv::BufferRef& holder() const { return assembler_.holder(); }

    // base::Connection
    void received(std::span<const std::byte> bytes, base::Steady now) override;
    void ended(base::Steady now) override;
    void due(base::Steady now) override;
    void closed(std::string_view why, base::Steady now) override;
    [[nodiscard]] base::Steady deadline() const override { return deadline_; }
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] base::Output& output() override { return output_; }

  private:
    template <class Body>
    void send(wire::pva::Command command, Body body)
    {
        frame_.clear();
        const std::size_t start = wire::pva::begin_message(frame_, wire::pva::Role::client, order_, command);
        wire::pva::Encoder encoder(frame_, order_);
        body(encoder);
        wire::pva::end_message(frame_, start, order_);
        output_.append(frame_);
    }
    std::size_t look_ahead(const std::byte* at, const std::byte* end, SeenAhead<Monitor>& seen);
    bool take_number(const Seen<Monitor>& seen);
    std::size_t take_numbers(std::span<const std::byte> bytes);
    void dispatch(const wire::pva::Message& message);
    void validate(base::Reader& reader);
    void answered(wire::pva::Command command, base::Reader& reader);
    void told(base::Reader& reader);
    void validated(base::Reader& reader);
    void created(base::Reader& reader);

    const Settings& settings_;
    ConnectionUser& user_;
    Monitors& monitors_;
    UpdateBatch& batch_;
    std::vector<std::unique_ptr<Layout>> layouts_;
    base::Output output_;
    wire::pva::Assembler assembler_;
    wire::pva::TypeCache types_; ///< that the server has defined
    std::vector<std::byte> frame_;
    base::ByteOrder order_ = base::ByteOrder::little; ///< that the server has announced
    base::Steady heard_;
    base::Steady echoed_;
    base::Steady deadline_;
    std::string why_; ///< we have ended it
    bool finished_ = false;
};

} // namespace iochron::client::pva
