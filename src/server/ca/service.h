#pragma once

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/slots.h"
#include "pv/source.h"
#include "server/budget.h"
#include "server/ca/operation.h"
#include "server/ca/pv_table.h"
#include "server/ca/update_encoder.h"
#include "server/subscription.h"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iochron::server::ca {

class Circuit;

/// What a Service is given when it is built. All outlive it.
struct Surroundings {
    std::vector<pv::Source*> sources; ///< asked in this order for a name
    const base::Limits& limits;
    base::Log& log;
    base::Counters& counters; ///< "ca.server.*", see Service::Counts
    Budget& budget;
    base::BlockPool& pool;
    std::function<base::Steady()> now;
};

/// What subscribers of one group agree in.
struct Form {
    std::uint8_t type = 0; ///< a wire::ca::Dbr
    std::uint32_t count = 0;
    pv::Mask mask = pv::Mask::none;
};

/// The Channel Access server without its sockets: serves Sources to Circuits. It is the one Sink of all its Sources;
/// the token of a subscription is the index of a group, that of a channel the index of a Pv, that of an operation a
/// handle. Reads no clock, makes no system call.
/// Thread: shard
class Service final : public pv::Sink {
  public:
    explicit Service(Surroundings surroundings);
    ~Service() override;

    // For the composition: the port that replies to TCP searches tell.
    void set_port(std::uint16_t port) { port_ = port; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Which names some Source has. A search that gets no answer is asked again, so "unknown" counts as no.
    void find(std::span<const std::string_view> names, std::span<bool> found);

    // For circuits.
    [[nodiscard]] const Surroundings& around() const { return around_; }
    LaneIndex attach(Circuit& circuit, base::Output& updates);
    void detach(LaneIndex lane);
    [[nodiscard]] Lane& lane(LaneIndex lane) { return fanout_.lane(lane); }
    /// Has the circuit looked at when the work is settled.
    void touch(LaneIndex lane) { fanout_.touch(lane); }

    /// Opens a PV for a channel of the circuit, or joins one that is open. Circuit::opened() tells, at once or later.
    PvIndex open(std::string_view name, Circuit& circuit, ChannelIndex channel);
    /// Hands over what open() has collected. Everything else that a circuit asks comes after it.
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

    /// The answer comes by Circuit::completed(), perhaps from within.
    base::Handle read(PvIndex pv, const Operation& operation, std::uint32_t count);
    base::Handle write(PvIndex pv, const Operation& operation, pv::Value value);
    [[nodiscard]] bool pending(base::Handle operation) const { return operations_.find(operation) != nullptr; }
    [[nodiscard]] const Operation& operation(base::Handle handle) const { return *operations_.find(handle); }
    void set_place(base::Handle handle, std::uint32_t place) { operations_.find(handle)->place = place; }
    /// No answer will come.
    void cancel(base::Handle operation);

    /// How values become frames.
    [[nodiscard]] UpdateEncoder& encoder() { return encoder_; }

    /// While one exists, a request is being executed: settled() waits for its end, when the circuit calls settle().
    class Busy {
      public:
        explicit Busy(Service& service) : depth_(service.busy_) { ++depth_; }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;
        ~Busy() { --depth_; }

      private:
        int& depth_;
    };

    /// Ends a piece of work: tells circuits of PVs that are gone or have other rights, looks at the queues that grew.
    void settle();

    /// Registered as "ca.server." + name.
    struct Counts {
        base::Counter& circuits;      ///< open now
        base::Counter& channels;      ///< open now
        base::Counter& subscriptions; ///< open now
        base::Counter& updates;       ///< that Sources handed over
        base::Counter& posted;        ///< of them made for subscriptions: the fan-out
        base::Counter& coalesced;     ///< superseded before they were sent, as the peer was behind
        base::Counter& paused;        ///< superseded while the peer held updates back
        base::Counter& dropped;       ///< unsent when their circuit ended
        base::Counter& malformed;     ///< messages that made no sense
    };
    [[nodiscard]] Counts& counts() { return counts_; }
    [[nodiscard]] const Counts& counts() const { return counts_; }
    template <class F>
    void each_circuit(F&& f) const
    {
        for (Circuit* circuit : circuits_) {
            if (circuit != nullptr) {
                f(*circuit);
            }
        }
    }

    // pv::Sink
    void opened(std::span<const pv::Opened> answers) override;
    std::size_t updates(std::span<const pv::Update> batch) override;
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

  private:
    struct Waiting {
        LaneIndex lane = none;
        ChannelIndex channel = none;
        std::uint32_t next = none;
    };

    [[nodiscard]] pv::Source& source(PvIndex index) { return *around_.sources[pvs_.at(index).source]; }
    void opened(const pv::Opened& answer);
    void answer(PvIndex index, bool found);
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
    void send_failure(GroupIndex group, Member member, wire::ca::Eca status);
    void apply_rights(PvIndex index);

    void settle_pvs();
    void flush_full();
    void enforce_budget();

    Surroundings around_;
    Counts counts_;
    PvTable pvs_;
    Fanout fanout_;
    UpdateEncoder encoder_;
    std::vector<Circuit*> circuits_;                ///< by lane
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
    bool opening_ = false; ///< within open_pending()
    int busy_ = 0;
    std::uint16_t port_ = 0;
};

} // namespace iochron::server::ca
