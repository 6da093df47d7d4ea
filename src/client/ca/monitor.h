#pragma once

#include "client/id_table.h"
#include "pv/sample.h"
#include "pv/source.h"
#include "wire/ca/dbr.h"

#include <cstdint>

namespace iochron::client::ca {

/// One subscription as the wire knows it, in one cache line: all that checking and handing over an update needs. Its
/// id is that of the messages. It lives as long as somebody subscribes, across reconnections.
struct alignas(64) Monitor {
    pv::Token token{};              ///< of the only subscriber; with a fan-out the id
    pv::Sink* sink = nullptr;       ///< likewise; with a fan-out the client's own, which tells the others
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

} // namespace iochron::client::ca
