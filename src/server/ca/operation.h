#pragma once

#include "base/slots.h"
#include "server/subscription.h"
#include "wire/ca/header.h"

#include <cstdint>

namespace iochron::server::ca {

/// The index of a channel within its circuit.
using ChannelIndex = std::uint32_t;

/// What has been asked of a Source and not been answered yet.
struct Operation {
    enum class Kind : std::uint8_t { read_notify, read, write, write_notify, first_value };

    Kind kind = Kind::read_notify;
    LaneIndex lane = none; ///< of the circuit
    ChannelIndex channel = none;
    std::uint32_t place = 0;   ///< in the circuit's list
    GroupIndex group = none;   ///< first_value: what the member joins
    std::uint32_t wire_id = 0; ///< first_value: of the member
    wire::ca::Header request;  ///< the others: as it came
};

} // namespace iochron::server::ca
