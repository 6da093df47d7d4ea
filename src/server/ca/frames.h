#pragma once

#include "base/byte_order.h"
#include "server/backlog.h"

#include <cstdint>

namespace iochron::server::ca {

/// A subscription's id as it lies in a frame, for server::Member.
[[nodiscard]] constexpr std::uint32_t wire_id(std::uint32_t id)
{
    return base::native_order == base::ByteOrder::big ? id : std::byteswap(id);
}

/// How the frames of a circuit are told apart in its queue.
extern const Frames frames;

} // namespace iochron::server::ca
