#pragma once

#include "client/ca/id_table.h"
#include "pv/sample.h"
#include "pv/source.h"
#include "wire/ca/dbr.h"

#include <array>
#include <cstdint>
#include <span>

namespace iochron::client::ca {

/// One subscription as the wire knows it, in one cache line: all that checking and handing over an update needs. Its
/// id is that of the messages. It lives as long as somebody subscribes, across reconnections.
struct alignas(64) Monitor {
    pv::Token token{};              ///< of the only subscriber; unused with a fan-out
    pv::Sink* sink = nullptr;       ///< likewise; null with a fan-out
    const pv::Meta* meta = nullptr; ///< the channel's, which outlives each call
    std::uint64_t received = 0;     ///< updates, ever
    std::uint32_t id = 0;
    std::uint32_t circuit = 0; ///< on which it is subscribed at present; 0: on none
    std::uint32_t count = 0;   ///< elements asked for; 0: what there is
    std::uint32_t channel = 0;
    std::uint32_t next = 0;             ///< of the channel's
    std::uint32_t first_subscriber = 0; ///< in the client's table
    wire::ca::Dbr type{};
    pv::Mask mask{};
    bool own = false;            ///< not to be shared
    bool started = false;        ///< the first value after (re)connection has come
    bool properties : 1 = false; ///< one of the client's own, for the channel's Meta: no subscribers
    bool fixed_type : 1 = false; ///< the type was asked for; else it follows the channel's
    bool is_array : 1 = false;   ///< its one element is no scalar
    bool cached : 1 = false;     ///< fan_out() keeps the last value, so that more may join
};
static_assert(sizeof(Monitor) == 64);

using Monitors = IdTable<Monitor>;

/// What is told about updates that have no single sink.
/// Thread: shard
class MonitorUser {
  public:
    virtual ~MonitorUser() = default;
    /// An update for a Monitor without sink: it has, or may get, several subscribers.
    virtual void fan_out(Monitor& monitor, const pv::Update& update) = 0;
    /// An update for a Monitor of the client's own.
    virtual void properties(Monitor& monitor, wire::ca::Dbr type, std::uint32_t count,
                            std::span<const std::byte> data) = 0;
};

/// Updates on their way to their sinks, in batches of one sink each, in the order in which they came.
/// Thread: shard
class UpdateBatch {
  public:
    explicit UpdateBatch(MonitorUser& user) : user_(user) {}

    // hot: no allocation.
    /// The place for the monitor's next update, to be filled at once; what is in it is an older one.
    pv::Sample& add(Monitor& monitor)
    {
        if (monitor.sink != sink_ || size_ == room_) {
            flush();
            sink_ = monitor.sink;
            monitor_ = &monitor;
            room_ = sink_ != nullptr ? updates_.size() : 1;
        }
        pv::Update& update = updates_[size_++];
        update.token = monitor.token;
        update.sample.meta = monitor.meta;
        update.sample.mask = monitor.started ? monitor.mask : pv::Mask::none;
        monitor.started = true;
        ++monitor.received;
        return update.sample;
    }
    /// What was added last owns elements, which shall not stay here.
    void holds_elements() { holds_elements_ = true; }
    void flush();
    [[nodiscard]] MonitorUser& user() { return user_; }

  private:
    MonitorUser& user_;
    pv::Sink* sink_ = nullptr;
    Monitor* monitor_ = nullptr; ///< of a batch without sink, which has one update
    std::size_t size_ = 0;
    std::size_t room_ = 0;
    bool holds_elements_ = false;
    std::array<pv::Update, 256> updates_{};
};

} // namespace iochron::client::ca
