#pragma once

#include "base/byte_order.h"
#include "server/backlog.h"

namespace iochron::server::pva {

/// Where a monitor's request id lies in its frames: right behind the header.
inline constexpr std::size_t id_offset = 8;
/// All that this server sends over TCP, so that one frame serves all connections.
inline constexpr base::ByteOrder byte_order = base::ByteOrder::little;

/// How the backlog of a PVA connection tells updates from answers.
extern const Frames frames;

} // namespace iochron::server::pva
