#pragma once

#include "base/slots.h"
#include "base/time.h"
#include "pv/plain.h"
#include "pv/set_value.h"
#include "pv/source.h"
#include "pv/structure.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iochron::pv {

class SharedPv;
class SharedPvs;

/// The end of a put or call that a handler was given: to be told once, now or later, on the same shard. Copies mean the
/// same operation; when the last one goes without a word the peer is told that it had no answer. An operation that was
/// cancelled, or whose PV was closed, takes the word for nothing.
/// Thread: shard
class Answer {
  public:
    void done() const;
    void done(Structure result) const; ///< of a call
    void refuse(std::string words) const;

  private:
    friend class SharedPv;
    struct Operation;
    explicit Answer(std::shared_ptr<Operation> operation) : operation_(std::move(operation)) {}
    std::shared_ptr<Operation> operation_;
};

/// A PV whose value, a structure, is what the program posts. It is found and opened by clients while it is open.
/// Handlers must not throw.
/// Thread: shard
class SharedPv {
  public:
    /// `put` has the PV's type, what the peer wrote is marked. To make it the value, post it.
    using PutHandler = std::function<void(SharedPv&, const Structure& put, const Peer&, Answer)>;
    using RpcHandler = std::function<void(SharedPv&, const Value& arguments, const Peer&, Answer)>;

    SharedPv() = default;
    SharedPv(const SharedPv&) = delete;
    SharedPv& operator=(const SharedPv&) = delete;
    ~SharedPv() { close(); }

    /// Without one the PV is a mailbox: what is put is posted, with the present time where the peer has put none.
    void on_put(PutHandler handler) { put_ = std::move(handler); }
    /// Without one calls are refused.
    void on_rpc(RpcHandler handler) { rpc_ = std::move(handler); }

    /// Refused while it is open. It can be opened again after a close, with another type as well.
    Status open(const Structure& first);
    /// Takes over what is marked, and tells those who subscribed of that; nothing where nothing is marked. Refused
    /// while closed, and for a structure of another type.
    Status post(const Structure& update);
    /// Posts a new `value` (of an enumeration: `value.index`), converted to its type, and the time stamp where one is
    /// given and the type has it.
    Status post(const Value& value, base::Stamp time = base::undefined_stamp);
    /// Operations under way end with `disconnected`, channels are closed.
    void close();

    [[nodiscard]] bool is_open() const { return meta_ != nullptr; }
    /// Only while open; what is marked is the last change.
    [[nodiscard]] const Structure& value() const { return *whole_.structure(); }

  private:
    friend class SharedPvs;
    friend class PlainPvs;
    friend class Answer;
    struct Client {
        ChannelId channel{};
        Token token{};
        Sink* sink = nullptr;
        bool plain = false; ///< sees the plain value: a channel of PlainPvs
        std::uint32_t plain_life = 0;
    };
    struct Subscriber {
        SubscriptionId id{};
        ChannelId channel{};
        Token token{};
        Mask mask{};
        Sink* sink = nullptr;
        bool plain = false;
    };

    /// The whole state. For a plain channel it borrows from `plain`.
    [[nodiscard]] Sample sample() const;
    [[nodiscard]] Sample plain_sample(std::optional<Plain>& plain) const;
    void open_plain(std::uint32_t held = 0);
    Mask note_plain_changes();
    Structure& own_whole();
    void tell();
    /// Channels go, all or those of the plain value that it has outgrown, with all that belongs to them.
    void lose(bool only_outgrown, const Status& why);
    void unsubscribe(ChannelId channel);
    Answer begin(ChannelId channel, Token token, bool acknowledge, Sink& sink);
    void write(const WriteRequest& request, const Peer& peer, Sink& sink);
    Status take(Structure put);
    void touched(Sink& sink);
    void forget(ChannelId channel, const Token* operation);

    MetaRef meta_; ///< null while closed
    Value whole_;  ///< what changed last is marked
    // The plain value, where there is one (pv/plain.h).
    MetaRef plain_meta_;            ///< null where there is none
    BitSet plain_properties_;       ///< fields of which it is made
    std::uint32_t plain_lives_ = 0; ///< of its channels: another one each time that the array has outgrown them
    std::vector<Update> batch_;     ///< of tell(), kept for its memory
    PutHandler put_;
    RpcHandler rpc_;
    SharedPvs* owner_ = nullptr;
    std::vector<Client> clients_;
    std::vector<Subscriber> subscribers_;
    std::vector<std::weak_ptr<Answer::Operation>> operations_;
};

/// SharedPvs by name, as a Source. A name is looked for in its table, then asked of the name handler.
/// Thread: shard
class SharedPvs final : public Source {
  public:
    /// Makes or finds the PV of a name that is not in the table, or gives null; what it gives is kept in the table. It
    /// may also add() the PV by itself.
    using NameHandler = std::function<std::shared_ptr<SharedPv>(std::string_view)>;

    /// Tells the present time, for puts to mailboxes.
    using Now = std::function<base::Stamp()>;

    /// `due` is called when settle() has become due: after posts and answers, before this turn of the shard ends.
    /// Without `now` a put to a mailbox leaves the time stamp as the peer has put it.
    explicit SharedPvs(std::function<void()> due = {}, Now now = {}) : due_(std::move(due)), now_(std::move(now)) {}
    SharedPvs(const SharedPvs&) = delete;
    SharedPvs& operator=(const SharedPvs&) = delete;
    ~SharedPvs() override;

    /// False where the name is taken, or the PV is in a SharedPvs already.
    bool add(std::string name, std::shared_ptr<SharedPv> pv);
    /// Closes the PV and forgets its name.
    void remove(std::string_view name);
    void on_name(NameHandler handler) { names_ = std::move(handler); }
    [[nodiscard]] std::size_t size() const { return table_.size(); }
    /// Tells each sink that has got something since the last time to write it out.
    void settle();

    // Source
    void find(std::span<const std::string_view> names, std::span<Presence> found) override;
    void open(std::span<const OpenRequest> requests, const Peer& peer, Sink& sink) override;
    void close(ChannelId channel) override;
    [[nodiscard]] MetaRef describe(ChannelId channel) override;
    void read(const ReadRequest& request, const Peer& peer, Sink& sink) override;
    void write(const WriteRequest& request, const Peer& peer, Sink& sink) override;
    void rpc(ChannelId channel, Token token, const Value& arguments, const Peer& peer, Sink& sink) override;
    void cancel(ChannelId channel, Token operation, Sink& sink) override;
    SubscriptionId subscribe(const SubscribeRequest& request, Sink& sink) override;
    void unsubscribe(SubscriptionId subscription) override;

  private:
    friend class SharedPv;
    friend class PlainPvs;
    struct Channel {
        std::shared_ptr<SharedPv> pv;
        MetaRef meta; ///< of when it was opened: once closed it stays so, even if the PV opens again
        bool plain = false;
        std::uint32_t plain_life = 0; ///< likewise, of a plain channel
        MetaRef plain_meta;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    std::shared_ptr<SharedPv> look_for(std::string_view name);
    Opened open_one(const OpenRequest& request, const std::shared_ptr<SharedPv>& pv, bool plain, Sink& sink);
    [[nodiscard]] Channel* at(ChannelId channel);
    /// The open PV behind the channel; null where it was closed since.
    [[nodiscard]] std::shared_ptr<SharedPv> open_pv(ChannelId channel);

    std::function<void()> due_;
    Now now_;
    NameHandler names_;
    std::unordered_map<std::string, std::shared_ptr<SharedPv>, TextHash, std::equal_to<>> table_;
    base::Slots<Channel> channels_;
    base::Slots<std::shared_ptr<SharedPv>> subscriptions_;
    std::vector<Sink*> touched_;
    std::vector<SharedPv*> outgrown_; ///< whose plain channels are to be closed
};

} // namespace iochron::pv
