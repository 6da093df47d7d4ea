#pragma once

#include "base/slots.h"
#include "client/ca/client.h"
#include "client/context.h"
#include "client/network_source.h"
#include "client/pva/client.h"
#include "reactor/executor.h"
#include "reactor/shard.h"
#include "reactor/timer.h"

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace iochron::client {

using GetDone = std::move_only_function<void(Outcome<Reading>)>;
using PutDone = std::move_only_function<void(pv::Status)>;

/// What an operation on structures gives: one of these.
struct Answer {
    pv::Value value;
    PvInfo info;
    std::string words; ///< warnings of the server
};
using AnswerDone = std::move_only_function<void(Outcome<Answer>)>;

/// A monitor: shared by the handle that the user has, the shard that fills it, and the executor's tasks.
/// Thread: shard, but where said otherwise
struct Monitor::State {
    std::string name;
    MonitorCallback callback;
    MonitorOptions options;
    class ContextCore* core = nullptr; ///< null once the context has ended
    NetworkSource* source = nullptr;   ///< that has its channel
    reactor::Shard* shard = nullptr;

    std::atomic<bool> cancelled{false}; // any
    std::atomic<std::uint64_t> received{0};
    std::atomic<std::uint64_t> delivered{0};
    std::atomic<std::uint64_t> coalesced{0};
    std::atomic<std::uint64_t> overruns{0};

    std::uint32_t place = 0; ///< in the core's list
    pv::ChannelId channel{};
    pv::SubscriptionId subscription{};
    pv::Value asked;         ///< the pvRequest of one that gives structures
    std::uint32_t taken = 0; ///< updates that the callback is taking, and those that it never will
    pv::MetaRef meta;
    std::vector<pv::Update> pending;
    std::size_t pending_bytes = 0; ///< of what waits while the callback is busy, as far as it counts in the budget
    std::uint64_t pending_coalesced = 0;
    base::Steady oldest{}; ///< when the first of the pending ones came
    bool busy = false;     ///< the executor has not finished the last delivery
    bool dirty = false;    ///< is in the core's list of those that have something to deliver
};

/// The shard's side of a Context.
/// Thread: shard
class ContextCore final : public pv::Sink {
  public:
    ContextCore(reactor::Shard& shard, reactor::Executor& executor, const ContextSettings& settings, base::Log& log);
    ContextCore(const ContextCore&) = delete;
    ContextCore& operator=(const ContextCore&) = delete;
    ~ContextCore() override;

    void get(const std::string& name, std::chrono::nanoseconds timeout, GetDone done);
    void put(const std::string& name, pv::Value value, const PutOptions& options, PutDone done);
    /// By pvAccess, whatever the name says.
    void ask(const std::string& name, const StructureOptions& how, pva::Operation operation, AnswerDone done);
    [[nodiscard]] std::uint16_t server_port() const { return settings_.pva.server_port; }
    void discover(std::chrono::nanoseconds patience, pva::Discovery::Done done);
    void start(std::shared_ptr<Monitor::State> monitor);
    void stop(Monitor::State& monitor);
    [[nodiscard]] Overruns overruns(const Monitor::State& monitor);

    void opened(std::span<const pv::Opened> answers) override;
    std::size_t updates(std::span<const pv::Update> batch) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token channel, pv::Rights rights) override;
    void meta_changed(pv::Token channel, const pv::MetaRef& meta) override;
    void closed(pv::Token channel, const pv::Status& why) override;
    bool ended(pv::Token subscription, const pv::Status& why) override;
    void settled() override;

  private:
    /// A channel for gets and puts, which stays.
    struct Pv {
        std::string name;
        NetworkSource* source = nullptr;
        pv::ChannelId channel{};
        bool connected = false;
        bool only_here = false;             ///< at one server, without a search
        bool refused = false;               ///< by that one
        std::vector<std::uint64_t> waiting; ///< operations, until it is connected
    };
    struct Operation {
        Pv* pv = nullptr;
        GetDone get_done;       ///< of a get
        PutDone put_done;       ///< of a put
        AnswerDone answer_done; ///< of one on structures, with what it is:
        pva::Operation asked;
        pv::Value value;
        pv::Processing processing = pv::Processing::passive;
        bool wait = false;
        bool started = false;
        std::unique_ptr<reactor::Timer> timer;
    };
    /// What the executor is to do for one monitor.
    struct Delivery {
        std::shared_ptr<Monitor::State> monitor;
        std::vector<pv::Update> updates;
        pv::MetaRef meta;
        std::uint64_t coalesced = 0;
        enum class Kind : std::uint8_t { updates, connection, end };
        Kind kind = Kind::updates;
        bool connected = false;
        pv::Status why;
    };
    using Operations = base::Slots<std::unique_ptr<Operation>>;

    [[nodiscard]] NetworkSource& source_of(std::string_view name);
    pva::Client& pva();
    Pv& channel_of(const std::string& name);
    Pv& bare_channel_of(const std::string& name, const std::optional<base::Endpoint>& server);
    void begin(Pv& pv, std::chrono::nanoseconds timeout, std::unique_ptr<Operation> operation);
    void issue(base::Handle handle);
    void timed_out(base::Handle handle);
    void answer(Operation& operation, const pv::Status& status, const pv::Sample* sample);
    void finish(base::Handle handle, const pv::Status& status, const pv::Sample* sample);

    void take(Monitor::State& monitor, std::span<const pv::Update> updates);
    void grant(Monitor::State& monitor);
    void queue(Monitor::State& monitor, std::span<const pv::Update> updates);
    void count(Monitor::State& monitor, std::span<const pv::Update> updates);
    void collapse(Monitor::State& monitor);
    void enforce_budget();
    void tell_connection(Monitor::State& monitor, bool connected, std::string_view why);
    Delivery& behind_updates(Monitor::State& monitor, Delivery::Kind kind);
    void hand_over(Monitor::State& monitor);
    void submit();
    void delivered(const std::vector<std::shared_ptr<Monitor::State>>& monitors);
    static void deliver(std::vector<Delivery>& deliveries, base::Log& log);
    static void call(Delivery& delivery);
    void mark_dirty(Monitor::State& monitor);

    // A channel's token is the address of a Pv, or with the lowest bit set, of a Monitor::State; a subscription's is
    // the address of the Monitor::State.
    [[nodiscard]] static pv::Token token_of(const Pv& pv) { return pv::Token{reinterpret_cast<std::uint64_t>(&pv)}; }
    [[nodiscard]] static pv::Token token_of(const Monitor::State& state)
    {
        return pv::Token{reinterpret_cast<std::uint64_t>(&state)};
    }
    [[nodiscard]] static pv::Token channel_token_of(const Monitor::State& state)
    {
        return pv::Token{reinterpret_cast<std::uint64_t>(&state) | 1};
    }
    [[nodiscard]] static bool is_monitor(pv::Token token) { return (static_cast<std::uint64_t>(token) & 1) != 0; }
    [[nodiscard]] static Monitor::State& monitor_of(pv::Token token)
    {
        return *reinterpret_cast<Monitor::State*>(static_cast<std::uint64_t>(token) & ~std::uint64_t{1});
    }
    [[nodiscard]] static Pv& pv_of(pv::Token token)
    {
        return *reinterpret_cast<Pv*>(static_cast<std::uint64_t>(token));
    }

    reactor::Shard& shard_;
    reactor::Executor& executor_;
    ContextSettings settings_;
    base::Log& log_;
    std::unordered_map<std::string, std::unique_ptr<Pv>> pvs_;
    std::unordered_map<std::string, std::unique_ptr<Pv>> bare_pvs_; ///< by name, with the server where one is given
    Operations operations_;
    std::vector<std::shared_ptr<Monitor::State>> monitors_;
    std::vector<Monitor::State*> dirty_;
    std::size_t queued_bytes_ = 0;       ///< of all monitors together
    std::vector<Delivery> deliveries_;   ///< of this turn
    std::shared_ptr<ContextCore*> self_; ///< null inside once this is gone: for the executor's answers
    std::unique_ptr<ca::Client> ca_;     ///< once somebody asks for it
    std::vector<std::unique_ptr<pva::Discovery>> discoveries_;
    std::unique_ptr<pva::Client> pva_; ///< once somebody asks for it
};

} // namespace iochron::client
