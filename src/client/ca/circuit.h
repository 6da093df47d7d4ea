#pragma once

#include "base/connection.h"
#include "base/endpoint.h"
#include "base/limits.h"
#include "client/ca/beacons.h"
#include "client/ca/monitor.h"
#include "client/look_ahead.h"
#include "client/update_batch.h"
#include "pv/source.h"
#include "wire/ca/dbr.h"
#include "wire/ca/eca.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"
#include "wire/ca/search.h"

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::client::ca {

/// An answer to a read: the value as it lies in the message, padding included.
struct ReadAnswer {
    wire::ca::Ioid ioid{};
    wire::ca::Eca status = wire::ca::Eca::normal;
    wire::ca::Dbr type{};
    std::uint32_t count = 0;
    std::span<const std::byte> data;
};

/// Whom a Circuit tells. All calls come from within the circuit's inputs, in the order of the messages; updates that
/// came before were handed over. The user may make requests of the circuit from within a call, but not destroy it.
/// Thread: shard
class CircuitUser {
  public:
    virtual ~CircuitUser() = default;

    virtual void rights(wire::ca::Cid channel, pv::Rights rights) = 0;
    virtual void created(wire::ca::Cid channel, wire::ca::Sid sid, wire::ca::Dbr native, std::uint32_t count) = 0;
    /// The server has the channel no more, or never had it.
    virtual void lost(wire::ca::Cid channel) = 0;
    virtual void read(const ReadAnswer& answer) = 0;
    virtual void written(wire::ca::Ioid ioid, wire::ca::Eca status) = 0;
    /// An update for a Monitor of the client's own.
    virtual void properties(Monitor& monitor, wire::ca::Dbr type, std::uint32_t count,
                            std::span<const std::byte> data) = 0;
    /// The server refused a subscription.
    virtual void monitor_failed(wire::ca::SubId subscription, wire::ca::Eca status) = 0;
    /// A name server's answer. `from`: where the channel is, its address already filled in.
    virtual void found(wire::ca::Cid channel, const base::Endpoint& where) = 0;
    /// False: the server was asked and is silent. True: it speaks again; nothing was lost, TCP kept it.
    virtual void responsive(bool yes) = 0;
    /// Words for the log: the server complained, or broke a rule.
    virtual void complaint(std::string_view text) = 0;
    /// The stream is gone; the circuit is destroyed right afterwards.
    virtual void gone(std::string_view why) = 0;
    /// All that was received has been told.
    virtual void settled() = 0;
};

struct CircuitSettings {
    base::Endpoint server{};
    std::uint32_t number = 1; ///< of this circuit among all its client ever had; what Monitor::circuit names
    std::uint16_t priority = 0;
    std::string account{};
    std::string host{};
    base::Duration connection_timeout = std::chrono::seconds(30); ///< silence before an echo
    base::Duration echo_timeout = std::chrono::seconds(5);        ///< from an echo to "unresponsive"
    std::size_t message_bytes = base::Limits{}.message_bytes;
};

/// The client's side of one TCP connection to a CA server. One noun has one file: channel.cpp, read.cpp, write.cpp,
/// monitor.cpp, echo.cpp, search.cpp; circuit.cpp cuts the stream into messages.
///
/// It keeps no list of channels or operations: ids mean something to its user. Requests only append to output();
/// whoever makes them outside an input tells the driver to look.
/// Thread: shard
class Circuit final : public base::Connection {
  public:
    Circuit(const CircuitSettings& settings, Monitors& monitors, UpdateBatch& batch, CircuitUser& user,
            base::BlockPool& pool, base::Steady now);

    // Channels.
    void create_channel(wire::ca::Cid channel, std::string_view name);
    void clear_channel(wire::ca::Sid sid, wire::ca::Cid channel);
    // Operations.
    void read(wire::ca::Sid sid, wire::ca::Ioid ioid, wire::ca::Dbr type, std::uint32_t count);
    /// With notify, written() comes when all processing that the write caused has ended; without, when the server has
    /// made the write, of which an echo's answer is the proof. A value that cannot be sent is refused at once.
    [[nodiscard]] pv::Status write(wire::ca::Sid sid, wire::ca::Ioid ioid, wire::ca::Dbr type, const pv::Value& value,
                                   bool notify);
    // Subscriptions: the Monitor says what is wanted.
    void subscribe(wire::ca::Sid sid, Monitor& monitor);
    void unsubscribe(wire::ca::Sid sid, Monitor& monitor);
    // Searches, at a name server.
    /// True when the server has said that it takes searches.
    [[nodiscard]] bool takes_searches() const { return has_version_ && minor_ >= 12; }
    /// Whole messages, as they would be in a datagram.
    void search(std::span<const std::byte> messages) { output_.append(messages); }

    /// News of the server by its beacons.
    void heard_beacon(BeaconNews news, base::Steady now);
    /// Ends the circuit when its output has been written: nobody uses it any more.
    void finish() { finished_ = true; }

    [[nodiscard]] const CircuitSettings& settings() const { return settings_; }
    [[nodiscard]] std::uint16_t minor() const { return minor_; }
    [[nodiscard]] bool is_responsive() const { return health_ != Health::unresponsive; }

    void received(std::span<const std::byte> bytes, base::Steady now) override;
    void ended(base::Steady now) override;
    void due(base::Steady now) override;
    void closed(std::string_view why, base::Steady now) override;
    [[nodiscard]] base::Steady deadline() const override { return deadline_; }
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] base::Output& output() override;

  private:
    using Header = wire::ca::Header;
    using Payload = std::span<const std::byte>;
    struct Route; ///< which command is taken by which function
    enum class Health : std::uint8_t { good, asked, unresponsive };

    std::size_t take(std::span<const std::byte> bytes);
    void take_message(const Header& header, Payload payload);
    void take_too_large(const Header& header);
    void finish_partial(std::span<const std::byte>& bytes);
    void fail(std::string_view what);

    void take_version(const Header& header, Payload payload);
    void take_rights(const Header& header, Payload payload);
    void take_created(const Header& header, Payload payload);
    void take_lost(const Header& header, Payload payload);
    void take_read(const Header& header, Payload payload);
    void take_written(const Header& header, Payload payload);
    void take_error(const Header& header, Payload payload);
    void take_echo(const Header& header, Payload payload);
    void take_search_reply(const Header& header, Payload payload);
    void ignore(const Header& header, Payload payload);

    std::size_t look_ahead(const std::byte* at, const std::byte* end, SeenAhead<Monitor>& seen);
    pv::Sample& add(Monitor& monitor);
    bool take_scalar(const Seen<Monitor>& seen);
    std::size_t take_scalars(std::span<const std::byte> bytes);
    void take_update(const Header& header, Payload payload);

    void heard(base::Steady now);
    void ask(base::Steady now);
    void send_echo();
    void confirm_writes();

    CircuitSettings settings_;
    Monitors& monitors_;
    UpdateBatch& batch_;
    CircuitUser& user_;
    base::Output output_;
    std::uint16_t minor_;
    bool has_version_ = false;
    bool finished_ = false;

    std::vector<std::byte> partial_;  ///< the head of a message whose rest has not come yet
    std::uint64_t partial_needs_ = 0; ///< bytes of it that must be there before another look
    std::uint64_t skip_ = 0;          ///< bytes to come of a message that is too large
    std::size_t refused_updates_ = 0; ///< that were not what was asked for

    Health health_ = Health::good;
    bool suspicious_ = false; ///< its beacons are no sign of life at present
    base::Steady deadline_;

    struct Unproven {
        std::uint64_t echo; ///< the one whose answer proves it
        wire::ca::Ioid ioid;
    };
    std::deque<Unproven> unproven_writes_;
    std::uint64_t echoes_sent_ = 0;
    std::uint64_t echoes_answered_ = 0;
    bool owes_echo_ = false; ///< writes wait for one
};

} // namespace iochron::client::ca
