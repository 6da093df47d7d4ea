#pragma once

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/slots.h"
#include "pv/source.h"
#include "server/budget.h"
#include "server/fanout.h"
#include "server/operation.h"
#include "server/pv_table.h"
#include "server/session.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iochron::server {

/// What a Service is given when it is built. All outlive it.
struct Surroundings {
    std::vector<pv::Source*> sources; ///< asked in this order for a name
    const base::Limits& limits;
    base::Log& log;
    base::Counters& counters; ///< see Service::Counts
    Budget& budget;
    base::BlockPool& pool;
    std::function<base::Steady()> now;
};

/// What subscribers of one group agree in. Only the mask is the same for all protocols: a CA server's type is a DBR
/// type and its count that of the elements wanted; a PVA server's count is the number of a selection of fields.
struct Form {
    std::uint8_t type = 0;
    std::uint32_t count = 0;
    pv::Mask mask = pv::Mask::none;
};

/// A server without its sockets and its words: serves Sources to the sessions of one protocol. It is the one Sink of
/// all its Sources; the token of a subscription is the index of a group, that of a channel the index of a Pv, that of
/// an operation a handle. Reads no clock, makes no system call. A protocol adds how samples become frames.
/// Thread: shard
class Service : public pv::Sink {
  public:
    ~Service() override;

    // For the composition: the port that replies to TCP searches tell.
    void set_port(std::uint16_t port) { port_ = port; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Which names some Source has. A search that gets no answer is asked again, so "unknown" counts as no.
    void find(std::span<const std::string_view> names, std::span<bool> found);

    // For sessions.
    [[nodiscard]] const Surroundings& around() const { return around_; }
    LaneIndex attach(Session& session, base::Output& updates);
    void detach(LaneIndex lane);
    [[nodiscard]] Lane& lane(LaneIndex lane) { return fanout_.lane(lane); }
    /// Session::settle() and collapse(), as far as they are the backlog's. Where so many updates were dropped in this
    /// piece of work that the rest shall wait for another turn, `late` says so: then comes settle_late().
    void settle_backlog(LaneIndex lane, Backlog& backlog, Upkeep& upkeep, base::Steady now);
    void collapse_backlog(LaneIndex lane, Backlog& backlog, Upkeep& upkeep);
    void settle_late(LaneIndex lane);
    /// The budget hears how much waits now.
    void note_size(const Backlog& backlog, std::size_t& noted_bytes);
    /// change() does something to the backlog of a session: what it skips is counted, and the session's updates go
    /// where the backlog wants them then.
    template <class Change>
    void follow(LaneIndex lane, Backlog& backlog, Change change);
    /// Has the session looked at when the work is settled.
    void touch(LaneIndex lane) { fanout_.touch(lane); }

    /// Opens a PV for a channel of the session, or joins one that is open. Session::opened() tells, at once or later.
    PvIndex open(std::string_view name, Session& session, ChannelIndex channel);
    /// Hands over what open() has collected. Everything else that a session asks comes after it.
    void open_pending();
    /// As whom the peer is to be told apart in open().
    [[nodiscard]] Identity identity(const pv::Peer& peer);
    /// The channel lets go of the PV; its subscriptions and operations have ended before.
    void release(PvIndex pv, LaneIndex lane, ChannelIndex channel);
    [[nodiscard]] const Pv& pv(PvIndex index) const { return pvs_.at(index); }
    [[nodiscard]] std::string_view name(PvIndex index) const { return pvs_.name(index); }
    [[nodiscard]] pv::MetaRef describe(PvIndex index);

    GroupIndex subscribe(PvIndex pv, const Form& form, Member member);
    void unsubscribe(GroupIndex group, Member member);
    [[nodiscard]] const Group& group(GroupIndex index) const { return fanout_.at(index); }
    [[nodiscard]] Fanout::Left look_up(GroupIndex group, Member member) const { return fanout_.look_up(group, member); }

    /// The answer comes by Session::completed(), perhaps from within.
    base::Handle read(PvIndex pv, const Operation& operation, std::uint32_t count);
    /// Channel and token of the request are filled in.
    base::Handle write(PvIndex pv, const Operation& operation, pv::WriteRequest request);
    base::Handle process(PvIndex pv, const Operation& operation, bool wait);
    base::Handle call(PvIndex pv, const Operation& operation, const pv::Value& arguments);
    [[nodiscard]] bool pending(base::Handle operation) const { return operations_.find(operation) != nullptr; }
    [[nodiscard]] const Operation& operation(base::Handle handle) const { return *operations_.find(handle); }
    void set_place(base::Handle handle, std::uint32_t place) { operations_.find(handle)->place = place; }
    /// No answer will come.
    void cancel(base::Handle operation);

    /// While one exists, a request is being executed: settled() waits for its end, when the session calls settle().
    class Busy {
      public:
        explicit Busy(Service& service) : depth_(service.busy_) { ++depth_; }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;
        ~Busy() { --depth_; }

      private:
        int& depth_;
    };

    /// Ends a piece of work: tells sessions of PVs that are gone or have other rights, looks at the queues that grew.
    void settle();

    /// Registered under the protocol's prefix: "ca.server." + name.
    struct Counts {
        base::Counter& sessions;      ///< open now; "circuits" for CA, "connections" for PVA
        base::Counter& channels;      ///< open now
        base::Counter& subscriptions; ///< open now
        base::Counter& updates;       ///< that Sources handed over
        base::Counter& posted;        ///< of them made for subscriptions: the fan-out
        base::Counter& coalesced;     ///< superseded before they were sent, as the peer was behind
        base::Counter& paused;        ///< superseded while the peer held updates back
        base::Counter& dropped;       ///< unsent when their session ended
        base::Counter& malformed;     ///< messages that made no sense
    };
    [[nodiscard]] Counts& counts() { return counts_; }
    [[nodiscard]] const Counts& counts() const { return counts_; }
    template <class F>
    void each_session(F&& f) const
    {
        for (Session* session : sessions_) {
            if (session != nullptr) {
                f(*session);
            }
        }
    }

    // pv::Sink
    void opened(std::span<const pv::Opened> answers) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token channel, pv::Rights rights) override;
    void meta_changed(pv::Token channel, const pv::MetaRef& meta) override;
    void closed(pv::Token channel, const pv::Status& why) override;
    void settled() override
    {
        if (busy_ == 0) {
            settle();
        }
    }

  protected:
    /// How a protocol tells its counters and its frames apart.
    struct Protocol {
        std::string_view prefix;       ///< of its counters
        std::string_view sessions;     ///< what it calls them
        std::size_t id_at = 0;         ///< where a frame's subscription id lies
        bool properties_apart = false; ///< pv::SubscribeRequest
        bool may_replace = false;      ///< Fanout
    };
    Service(Surroundings surroundings, const Protocol& protocol);

    /// An update of the group as a frame, and a refusal where it cannot be had; good until the next.
    virtual EncodedUpdate encode(const Group& group, const pv::Sample& sample) = 0;
    virtual EncodedUpdate refuse(const Group& group, const pv::Status& why) = 0;
    /// Elements that were kept for sharing may be let go: their field may fill the buffer again.
    virtual void forget_elements() = 0;

    /// A group is new, and at its end: for what a protocol keeps beside its groups.
    virtual void group_made(const Group& group) { (void)group; }
    virtual void group_ended(const Group& group) { (void)group; }

    /// Encodes each update once, and copies it to each member. For updates(), whose encoder is inlined so.
    template <class Encode>
    std::size_t deliver(std::span<const pv::Update> batch, Encode encode);

  private:
    // Flags of a Group. A group whose flags are just `primed` takes the fast way.
    static constexpr std::uint8_t primed = 1;             ///< its first value has come
    static constexpr std::uint8_t blind = 2;              ///< without read access: its members get no updates
    static constexpr std::uint8_t joining = 4;            ///< members wait for their first value
    static constexpr std::uint64_t most_dropped = 20'000; ///< in one piece of work: about 1 ms
    static constexpr std::size_t prefetched = 8; ///< groups ahead: doubles the rate where they are in random order

    struct Waiting {
        LaneIndex lane = none;
        ChannelIndex channel = none;
        std::uint32_t next = none;
    };

    [[nodiscard]] pv::Source& source(PvIndex index) { return *around_.sources[pvs_.at(index).source]; }
    void opened(const pv::Opened& answer);
    void answer(PvIndex index, const pv::Status& status);
    void wait_for(PvIndex index, LaneIndex lane, ChannelIndex channel);
    void stop_waiting(PvIndex index, LaneIndex lane, ChannelIndex channel);
    [[nodiscard]] const pv::Peer& first_asker(PvIndex index) const;

    [[nodiscard]] GroupIndex find_group(PvIndex pv, const Form& form) const;
    GroupIndex make_group(PvIndex pv, const Form& form);
    void drop_group(GroupIndex group);
    void start(GroupIndex group);
    void join_later(GroupIndex group, Member member);
    void leave_early(GroupIndex group, Member member);
    void note_joining(GroupIndex group);
    bool prepare(GroupIndex index);
    void first_value(const Operation& operation, const pv::Status& status, const pv::Sample* sample);
    void send_failure(GroupIndex group, Member member, const pv::Status& why);
    void apply_rights(PvIndex index);

    void settle_pvs();
    void flush_full();
    void enforce_budget();

    Surroundings around_;
    Counts counts_;
    std::size_t id_at_;
    bool properties_apart_;
    PvTable pvs_;
    Fanout fanout_;
    std::vector<Session*> sessions_;                ///< by lane
    std::vector<pv::SubscriptionId> subscriptions_; ///< by group
    std::vector<GroupIndex> next_group_;            ///< by group: the next of the same PV
    base::Slots<Operation> operations_;
    std::vector<base::Handle> joining_; ///< operations of kind first_value, whose member is in no group yet
    std::vector<Waiting> waiting_;      ///< channels whose PV is being opened
    std::uint32_t free_waiting_ = none;
    std::vector<PvIndex> to_open_;
    std::vector<PvIndex> rights_changed_;
    std::vector<PvIndex> gone_;
    std::map<std::pair<std::string, std::string>, Identity> identities_;
    bool opening_ = false;      ///< within open_pending()
    std::uint64_t dropped_ = 0; ///< in this piece of work
    int busy_ = 0;
    std::uint16_t port_ = 0;
};

template <class Change>
void Service::follow(LaneIndex lane, Backlog& backlog, Change change)
{
    const std::uint64_t coalesced = backlog.coalesced();
    const std::uint64_t paused = backlog.paused_out();
    const std::uint64_t replaced = fanout_.take_replaced(lane);
    backlog.note_replaced(replaced);
    change();
    fanout_.redirect(lane, backlog.updates(), backlog.replaces(), backlog.moves());
    dropped_ += backlog.coalesced() - coalesced + backlog.paused_out() - paused - replaced;
    counts_.coalesced.add(backlog.coalesced() - coalesced);
    counts_.paused.add(backlog.paused_out() - paused);
}

// hot: one group, one frame, no allocation; encoded once, copied to each member.
template <class Encode>
std::size_t Service::deliver(std::span<const pv::Update> batch, Encode encode)
{
    std::size_t made = 0;
    for (std::size_t i = 0; i < std::min(prefetched, batch.size()); ++i) {
        fanout_.prefetch(static_cast<GroupIndex>(batch[i].token));
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (i + prefetched < batch.size()) {
            fanout_.prefetch(static_cast<GroupIndex>(batch[i + prefetched].token));
        }
        const auto index = static_cast<GroupIndex>(batch[i].token);
        Group& group = fanout_.at(index);
        if (group.flags != primed && !prepare(index)) {
            continue;
        }
        const EncodedUpdate update = encode(group, batch[i].sample);
        made += update.head.empty() ? 0 : fanout_.deliver(group, update, id_at_);
        if (!fanout_.full().empty()) {
            flush_full();
        }
    }
    counts_.updates.add(batch.size());
    counts_.posted.add(made);
    return made;
}

} // namespace iochron::server
