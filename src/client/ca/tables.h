#pragma once

#include "client/id_table.h"
#include "pv/meta.h"
#include "pv/source.h"
#include "wire/ca/dbr.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <string>

namespace iochron::client::ca {

class Link;

/// Where a channel stands.
enum class ChannelState : std::uint8_t {
    searching,
    connecting, ///< found: its circuit is being made, or asked for the channel
    describing, ///< created: its Meta is being read
    open,
    silent, ///< open, on a circuit whose server does not answer at present
};

/// One PV on the network, however many opened it. Its id is the Cid.
struct Channel {
    std::uint32_t id = 0;
    ChannelState state = ChannelState::searching;
    const std::string* name = nullptr; ///< the key in the client's index
    Link* link = nullptr;              ///< its circuit, in any state but searching
    std::uint32_t place = 0;           ///< in the link's list
    std::uint32_t server = 0;          ///< who answered the last search, for the searcher; 0: nobody
    wire::ca::Sid sid{};
    wire::ca::Dbr native{};
    std::uint32_t count = 0; ///< most elements
    pv::Rights rights{.read = false, .write = false};
    std::uint32_t describing = 0;      ///< the operation that reads its Meta
    pv::MetaRef meta;                  ///< null until it was open once
    std::uint32_t openings = 0;        ///< first of those who opened it
    std::uint32_t shared_monitors = 0; ///< first of the subscriptions that equal ones may share
    std::uint32_t own_monitors = 0;
};

/// A channel as its opener sees it: what a pv::ChannelId names.
struct Opening {
    std::uint32_t id = 0;
    std::uint32_t channel = 0;
    pv::Token token{};
    pv::Sink* sink = nullptr;
    std::uint32_t next = 0;        ///< of the channel's
    std::uint32_t subscribers = 0; ///< first of its subscriptions
    std::uint32_t operations = 0;  ///< first of its operations under way
};

/// A subscription as its sink sees it: what a pv::SubscriptionId names. Several may share a Monitor.
struct Subscriber {
    std::uint32_t id = 0;
    std::uint32_t opening = 0;
    pv::Token token{};
    pv::Sink* sink = nullptr;
    std::uint32_t monitor = 0;
    std::uint32_t next_of_monitor = 0;
    std::uint32_t next = 0; ///< of the opening's
    std::uint32_t previous = 0;
};

/// A read or write under way. Its id is the Ioid.
struct Operation {
    enum class Kind : std::uint8_t { read, write, describe };

    std::uint32_t id = 0;
    Kind kind{};
    bool quiet = false; ///< a write of which only a failure is told
    std::uint32_t opening = 0;
    std::uint32_t channel = 0;
    pv::Token token{};
    pv::Sink* sink = nullptr; ///< null for the client's own
    std::uint32_t next = 0;   ///< of the opening's
    std::uint32_t previous = 0;
};

/// A list through things of one IdTable by their `next` and `previous`; `first` is kept by their owner.
template <class T>
void link_front(IdTable<T>& table, std::uint32_t& first, std::uint32_t id)
{
    T& thing = table.get(id);
    thing.previous = 0;
    thing.next = first;
    if (first != 0) {
        table.get(first).previous = id;
    }
    first = id;
}

template <class T>
void unlink(IdTable<T>& table, std::uint32_t& first, const T& thing)
{
    if (thing.previous != 0) {
        table.get(thing.previous).next = thing.next;
    } else {
        first = thing.next;
    }
    if (thing.next != 0) {
        table.get(thing.next).previous = thing.previous;
    }
}

} // namespace iochron::client::ca
