#pragma once

#include "base/output.h"
#include "pv/bit_set.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace iochron::server {

/// How a protocol's frames are told apart while they wait.
/// Thread: fixed
struct Frames {
    /// The whole length of the frame that starts with these bytes, shared payload included.
    std::size_t (*bytes)(std::span<const std::byte> frame);
    /// The subscription of which the frame is an update; nothing for every other frame, which is never dropped.
    std::optional<std::uint32_t> (*update)(std::span<const std::byte> frame);
    /// The bytes of an update that say which fields it tells, the same for the same fields (docs/decisions/0007). Null:
    /// every update tells all.
    std::span<const std::byte> (*marks)(std::span<const std::byte> update) = nullptr;
    /// What those bytes say.
    pv::BitSet (*marked)(std::span<const std::byte> marks) = nullptr;
    /// How an update says that it stands for older ones too, which told these fields: `how` is empty before. Null: the
    /// protocol has no words for it.
    void (*overrun)(std::span<const std::byte> update, const pv::BitSet& told, base::Output::Amendment& how) = nullptr;
};

} // namespace iochron::server
