#pragma once

#include "pv/meta.h"
#include "pv/peer.h"
#include "pv/sample.h"
#include "pv/status.h"
#include "pv/value.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace iochron::pv {

/// Chosen by the one who asks and given back with every answer: an index or address of its own, never looked into.
enum class Token : std::uint64_t {};
/// A channel and a subscription as their Source names them; meaningless to anybody else.
enum class ChannelId : std::uint64_t {};
enum class SubscriptionId : std::uint64_t {};

struct Rights {
    bool read = true;
    bool write = true;

    bool operator==(const Rights&) const = default;
};

/// The answer to an open: the channel, or why there is none (status not ok).
struct Opened {
    Token token{};
    Status status;
    ChannelId channel{};
    MetaRef meta;
    Rights rights;
};

/// One update of one subscription. 64 bytes, so that a batch of them streams through the cache.
struct Update {
    Token token{}; ///< of the subscription
    Sample sample;
};
static_assert(sizeof(Update) <= 64);

/// Whom a Source tells. All calls come on the sink's shard, in batches, in the order in which things happened. A sink
/// may call the Source back from within a call, except where said otherwise.
/// Thread: shard
class Sink {
  public:
    virtual ~Sink() = default;

    virtual void opened(std::span<const Opened> answers) = 0;
    /// hot: Updates of any subscriptions, oldest first; first values come the same way. Gives the cost in updates that
    /// the sink made of it (its fan-out), by which the Source bounds its turn. Must not call the Source back, except
    /// for describe().
    virtual std::size_t updates(std::span<const Update> batch) = 0;
    /// An operation has ended. For a read, `sample` is its result; borrowed.
    virtual void completed(Token operation, const Status& status, const Sample* sample) = 0;
    virtual void rights_changed(Token channel, Rights rights) = 0;
    /// The channel's Meta was replaced (an update with Mask::property follows for those who subscribed to it).
    virtual void meta_changed(Token channel, const MetaRef& meta) = 0;
    /// The channel is gone, for now (a network source opens it again by itself: `opened` with the same token comes, and
    /// subscriptions go on) or for ever. Operations under way were completed with `disconnected` before.
    virtual void closed(Token channel, const Status& why) = 0;
    /// Nothing more comes of the subscription: it was refused, with the words of who refused it, or its server has
    /// ended it (ok). It stays, and a network source asks for it again when its channel comes back. Gives whether
    /// somebody has taken notice; where not, the Source logs it.
    virtual bool ended(Token /*subscription*/, const Status& /*why*/) { return false; }
    /// Nothing more comes of the present piece of work: write out what you hold.
    virtual void settled() = 0;
};

struct OpenRequest {
    std::string_view name; ///< with field and modifiers: "REC.VAL$"
    Token token{};
};

struct SubscribeRequest {
    ChannelId channel{};
    Mask mask = Mask::value | Mask::alarm;
    Token token{};
    std::uint32_t count = 0; ///< elements wanted, 0: as many as there are. A hint for a network source.
    bool own = false;        ///< a network source shall not share it with an equal one
    /// Filters see properties as another subscription's: the first value is no property to them, and no property comes
    /// before it (QSRV 2 subscribes to them apart; CA with one mask).
    bool properties_apart = false;
};

enum class Processing : std::uint8_t {
    passive, ///< as a CA put: processes a Passive record when the field is marked so (pp)
    no,
    yes,
};

/// What a write is meant for. An acknowledgement belongs to the whole record, whatever field the channel is of, and has
/// a number: 0 or 1, or the severity up to which alarms are acknowledged (pv::Severity).
enum class WriteKind : std::uint8_t { value, acknowledge_transient, acknowledge_severity };

struct WriteRequest {
    ChannelId channel{};
    Token token{};
    Value value; ///< of any type; the Source converts
    Processing processing = Processing::passive;
    bool wait = false;       ///< complete when all processing that it caused is done (put-callback)
    bool acknowledge = true; ///< false: nobody waits for `completed` unless it fails
    WriteKind kind =
        WriteKind::value; ///< the others are refused with `unsupported` by Sources without alarms of their own
};

struct ReadRequest {
    ChannelId channel{};
    Token token{};
    std::uint32_t count = 0; ///< as in SubscribeRequest
};

/// Whether a Source has a name.
enum class Presence : std::uint8_t { absent, here, unknown };

/// The keystone: where PVs come from. A database offers its records, a SharedPv server its PVs, a client the network;
/// a server serves any of them, a CA or PVA link reads one. Nothing here belongs to one protocol.
///
/// Every operation completes by a call of the sink, within the call that asked or later on the same shard, exactly
/// once, unless it was cancelled. Updates that were made before a completion are handed over before it.
/// Thread: shard
class Source {
  public:
    virtual ~Source() = default;

    /// For searches: which of the names could be opened. `found` is as long as `names`. `unknown` means "ask again".
    virtual void find(std::span<const std::string_view> names, std::span<Presence> found) = 0;
    /// Whether rights depend on who asks (access security). Where not, a server shares one channel among all its peers.
    [[nodiscard]] virtual bool judges_peers() const { return false; }
    virtual void open(std::span<const OpenRequest> requests, const Peer& peer, Sink& sink) = 0;
    /// Ends the channel and all that belongs to it, silently. No call with its tokens comes afterwards.
    virtual void close(ChannelId channel) = 0;
    /// Ends an open that was not answered: no `opened` comes. Nothing to do where every open is answered at once.
    virtual void give_up(const OpenRequest& request, Sink& sink);
    /// Who serves the channel, in words for people ("10.0.0.7:5064"); empty where it is not on the network, or lost.
    [[nodiscard]] virtual std::string server_name(ChannelId channel);
    /// The channel's present Meta; never null for an open channel.
    [[nodiscard]] virtual MetaRef describe(ChannelId channel) = 0;

    virtual void read(const ReadRequest& request, const Peer& peer, Sink& sink) = 0;
    virtual void write(const WriteRequest& request, const Peer& peer, Sink& sink) = 0;
    /// A remote procedure call; `completed` brings the result. Refused with `unsupported` unless the Source has any.
    virtual void rpc(ChannelId channel, Token token, const Value& arguments, const Peer& peer, Sink& sink);
    /// Processes the record behind the channel, without a value.
    virtual void process(ChannelId channel, Token token, bool wait, const Peer& peer, Sink& sink);
    /// Forgets the operation: no `completed` comes. What it has started goes on.
    virtual void cancel(ChannelId channel, Token operation, Sink& sink) = 0;

    /// The first value comes through updates(), by the same queue as all that follow, before or after this returns;
    /// nothing that is posted after it is missed.
    virtual SubscriptionId subscribe(const SubscribeRequest& request, Sink& sink) = 0;
    virtual void unsubscribe(SubscriptionId subscription) = 0;
    /// For a peer that pauses or grants credit (pvAccess pipelining); a database ignores it, the server queues.
    virtual void credit(SubscriptionId subscription, std::uint32_t updates);
};

} // namespace iochron::pv
