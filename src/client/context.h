#pragma once

#include "base/endpoint.h"
#include "base/log.h"
#include "client/ca/settings.h"
#include "client/overruns.h"
#include "client/pva/discovery.h"
#include "client/pva/settings.h"
#include "pv/sample.h"
#include "pv/source.h"
#include "pv/status.h"
#include "pv/structure.h"
#include "reactor/later.h"

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::reactor {
class Shard;
} // namespace iochron::reactor

namespace iochron::client {

/// What a get gives. It owns all that it refers to.
struct Reading {
    pv::Value value;
    base::Stamp time = base::undefined_stamp;
    pv::Alarm alarm;
    pv::MetaRef meta; ///< units, limits, choices; never null
};

template <class T>
using Outcome = std::expected<T, pv::Status>;

/// Updates of one monitor, oldest first. All of it is good until the callback returns; a Sample that is kept needs the
/// MetaRef beside it. Samples have no alarm message, except on the shard (MonitorOptions::on_shard).
struct Updates {
    std::span<const pv::Update> updates;
    pv::MetaRef meta;
    std::uint64_t coalesced = 0; ///< updates since the last call that were replaced by newer ones
};

/// What happens to updates that come faster than a callback takes them.
enum class QueuePolicy : std::uint8_t {
    all,    ///< all are kept, unless the oldest waits longer than ContextSettings::max_lag, or queue_bytes are
            ///< exceeded: then only the newest is
    newest, ///< only the newest is kept
};

struct MonitorOptions {
    pv::Mask mask = pv::Mask::value | pv::Mask::alarm;
    std::uint32_t count = 0; ///< elements wanted; 0: as many as there are
    QueuePolicy queue = QueuePolicy::all;
    bool own = false; ///< shares no subscription on the wire with an equal one
    /// Calls back on the network's own thread, at once and without a queue: for code that cannot block, since all else
    /// waits meanwhile. An exception there ends the program.
    bool on_shard = false;
    /// By pvAccess: the value of each update is the whole Structure, with marks on what has changed.
    bool structures = false;
    /// Of such a monitor: its pvRequest, "field(value,alarm)record[queueSize=10,pipeline=true]"; empty: everything.
    /// With pipeline=true the server sends no more than queueSize updates before the callback has taken some.
    std::string request{};
    /// Told when the channel is connected, and when it is lost, with the reason. Like the updates, in one order with
    /// them.
    std::move_only_function<void(bool connected, std::string_view why)> on_connection = nullptr;
    /// Told when the server refuses the monitor, with its words, or has ended it (ok), likewise in one order with the
    /// updates. It is asked for again when the channel comes back. Without it, it is logged.
    std::move_only_function<void(const pv::Status& why)> on_end = nullptr;
};

struct MonitorCounts {
    std::uint64_t received = 0;  ///< from the network
    std::uint64_t delivered = 0; ///< to the callback
    std::uint64_t coalesced = 0; ///< here: replaced by newer ones before the callback could take them
    /// Received ones that stand for older ones too, which the server merged because its own queue was full. Channel
    /// Access and PVXS' servers (1.5) never say so.
    std::uint64_t overruns = 0;
};

/// A monitor lives as long as this. Losing the connection does not end it. Destroying it does not wait for a callback
/// that is running, but none begins afterwards, when it is destroyed on the callbacks' own thread. Must not outlive its
/// Context.
/// Thread: any
class Monitor {
  public:
    Monitor() = default;
    Monitor(Monitor&& other) noexcept;
    Monitor& operator=(Monitor&& other) noexcept;
    ~Monitor() { cancel(); }

    void cancel();
    [[nodiscard]] MonitorCounts counts() const;
    /// Which fields the server has merged, and how often. Asks the network's thread, and waits for it: not to be called
    /// there (MonitorOptions::on_shard).
    [[nodiscard]] Overruns overruns() const;

    struct State; ///< of use to nobody else

  private:
    friend class Context;
    explicit Monitor(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

using MonitorCallback = std::move_only_function<void(const Updates&)>;

struct PutOptions {
    bool wait = false; ///< until all processing that the put causes has ended (put-callback)
    std::chrono::nanoseconds timeout = std::chrono::seconds(5);
    /// By pvAccess only: whether a record is processed, whatever its field says; and a pvRequest, to which this and
    /// `wait` are added (record[process=..., block=true]).
    pv::Processing processing = pv::Processing::passive;
    std::string request{};
    std::optional<base::Endpoint> server{}; ///< likewise: this one, without a search
};

/// How a structure is asked for. These operations are pvAccess' own: a name needs no "pva://", and "ca://" is refused.
struct StructureOptions {
    std::string request{}; ///< the pvRequest, "field(value,alarm)record[process=true]"; empty: everything
    std::chrono::nanoseconds timeout = std::chrono::seconds(5);
    std::optional<base::Endpoint> server{}; ///< this one, without a search
};

/// What a PV is, and where.
struct PvInfo {
    pv::TypeRef type;
    base::Endpoint server;
};

struct ContextSettings {
    ca::Settings ca;
    pva::Settings pva;
    /// Whole structures from pvAccess, also of PVs that have a plain value.
    bool structures = false;
    std::uint16_t priority = 0;              ///< of CA circuits, 0 to 99
    std::chrono::milliseconds max_lag{2000}; ///< zero: off
    /// All updates that wait for callbacks. Beyond it the largest queues keep their newest update only. At most a
    /// quarter of the memory that the process can have.
    std::size_t queue_bytes = 1u << 30;
    base::Log* log = nullptr; ///< null: standard error
};

/// A client of EPICS PVs: get, put, monitor, by name. "pva://NAME" is asked for by pvAccess;
/// "ca://NAME" and "NAME" by Channel Access.
///
/// It owns a shard, on which all the network's work is done, and an executor, on whose thread callbacks run, in
/// batches; or it uses given ones. Channels that were asked for stay connected.
/// What ends with `_later` gives a Later: `auto reading = co_await context.get_later("A")` in a coroutine, which goes
/// on on the thread of the callbacks, or get() where one may wait. With GCC 12 give options a name of their own before
/// a co_await: it destroys twice what is made in braces there.
/// Thread: any, but not the shard for those that wait
class Context {
  public:
    explicit Context(ContextSettings settings = {});
    /// The shard must run and outlive the Context; the executor likewise.
    Context(reactor::Shard& shard, reactor::Executor& executor, ContextSettings settings = {});
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context();

    /// Waits for the value, with the connection if need be.
    Outcome<Reading> get(std::string_view name, std::chrono::nanoseconds timeout = std::chrono::seconds(5));
    /// All at once, in as many round trips as one takes.
    std::vector<Outcome<Reading>> get(std::span<const std::string> names,
                                      std::chrono::nanoseconds timeout = std::chrono::seconds(5));
    reactor::Later<Outcome<Reading>> get_later(std::string_view name,
                                               std::chrono::nanoseconds timeout = std::chrono::seconds(5));

    /// A value of any type; the server converts. Without wait it returns when the server has made the write. Where that
    /// warns of something, the Status is ok and has its words.
    pv::Status put(std::string_view name, const pv::Value& value, PutOptions options = {});
    reactor::Later<pv::Status> put_later(std::string_view name, const pv::Value& value, PutOptions options = {});

    // Whole structures. What was not sent by the server is not marked.
    Outcome<pv::Structure> get_structure(std::string_view name, const StructureOptions& options = {});
    reactor::Later<Outcome<pv::Structure>> get_structure_later(std::string_view name,
                                                               const StructureOptions& options = {});
    /// Writes what is marked (all where nothing is), then gives what has become of it, in one round trip. The pvRequest
    /// has putField() and getField(). PVXS' servers (1.5) never answer it: it times out.
    Outcome<pv::Structure> put_get(std::string_view name, const pv::Structure& value,
                                   const StructureOptions& options = {});
    reactor::Later<Outcome<pv::Structure>> put_get_later(std::string_view name, const pv::Structure& value,
                                                         const StructureOptions& options = {});
    /// A remote procedure call. Most services expect the arguments as an NTURI (pv/normative.h). The result may be
    /// empty.
    Outcome<pv::Value> rpc(std::string_view name, const pv::Structure& arguments, const StructureOptions& options = {});
    reactor::Later<Outcome<pv::Value>> rpc_later(std::string_view name, const pv::Structure& arguments,
                                                 const StructureOptions& options = {});
    /// Processes the record, without a value: by PROCESS, which PVXS' servers (1.5) never answer.
    pv::Status process(std::string_view name, const StructureOptions& options = {});
    Outcome<PvInfo> info(std::string_view name, const StructureOptions& options = {});
    reactor::Later<Outcome<PvInfo>> info_later(std::string_view name, const StructureOptions& options = {});
    /// The address of "host" or "host:port", looked up if need be; the port is else EPICS_PVA_SERVER_PORT's.
    Outcome<base::Endpoint> server_at(std::string_view host);
    /// The pvAccess servers that answer within this time. It takes all of it.
    std::vector<pva::Server> servers(std::chrono::nanoseconds patience = std::chrono::seconds(3));

    /// The first value and all that follow, until the Monitor is destroyed. Refused only for a name that cannot be one.
    [[nodiscard]] Outcome<Monitor> monitor(std::string_view name, MonitorCallback callback,
                                           MonitorOptions options = {});

  private:
    struct Parts;
    struct Structures; ///< what the operations on structures have in common
    std::unique_ptr<Parts> parts_;
};

} // namespace iochron::client
