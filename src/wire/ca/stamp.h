#pragma once

#include "base/time.h"

#include <cstdint>

namespace iochron::wire::ca {

/// A time stamp on the wire: since 1990-01-01T00:00:00Z; 0/0 of a record that never processed. Wraps in 2126.
struct WireStamp {
    std::uint32_t seconds = 0;
    std::uint32_t nanoseconds = 0;
};

// hot: one division by a constant.
/// Times before 1990 are 0/0.
[[nodiscard]] constexpr WireStamp to_wire(base::Stamp stamp)
{
    constexpr std::uint64_t second = 1'000'000'000;
    if (stamp <= base::undefined_stamp) {
        return {};
    }
    const auto since = static_cast<std::uint64_t>(stamp.ns - base::undefined_stamp.ns);
    return {static_cast<std::uint32_t>(since / second), static_cast<std::uint32_t>(since % second)};
}

[[nodiscard]] constexpr base::Stamp from_wire(WireStamp stamp)
{
    return {(std::int64_t{stamp.seconds} + base::epics_epoch_s) * 1'000'000'000 + stamp.nanoseconds};
}

} // namespace iochron::wire::ca
