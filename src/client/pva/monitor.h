#pragma once

#include "client/id_table.h"
#include "client/pva/layout.h"
#include "client/pva/operation.h"
#include "client/update_batch.h"
#include "pv/plain.h"

#include <cstdint>
#include <optional>

namespace iochron::client::pva {

/// One subscription as the wire knows it, in one cache line: all that an update of a number needs. Its id is that of
/// the messages. It lives as long as it is subscribed, across reconnections.
struct alignas(64) Monitor {
    pv::Token token{};
    pv::Sink* sink = nullptr;
    const pv::Meta* meta = nullptr; ///< the channel's, which outlives each call
    Layout* layout = nullptr;       ///< of the connection on which it runs; null where it does not run or is no number
    Number number;
    std::uint32_t id = 0;
    std::uint32_t channel = 0;
};
static_assert(sizeof(Monitor) == 64);

// hot.
/// Adds what the monitor of a number holds now as its next update.
inline pv::Sample& tell(UpdateBatch& batch, Monitor& monitor, pv::Mask also = pv::Mask::none)
{
    const pv::Mask mask = monitor.number.started != 0 ? pv::Mask::value | also : pv::Mask::none;
    monitor.number.started = 1;
    pv::Sample& sample = batch.add(*monitor.sink, monitor.token, monitor.meta, mask);
    monitor.layout->fill(monitor.number, sample);
    return sample;
}

using Monitors = IdTable<Monitor>;

/// What a Monitor has of its own that is no number's, or that asks for something of its own.
struct WholeState {
    pv::Value asked; ///< the pvRequest; none: everything
    Pipeline pipeline;
    std::uint32_t to_grant = 0;
    std::optional<pv::Structure> structure; ///< while it runs
    pv::BitSet came;                        ///< what of it has ever come while it runs
    pv::Plain plain;                        ///< what the last sample refers to
    bool started = false;                   ///< the first update has come
};

} // namespace iochron::client::pva
