#pragma once

#include "base/time.h"
#include "pv/alarm.h"
#include "pv/meta.h"
#include "pv/value.h"

#include <cstdint>

namespace iochron::pv {

/// What a subscription listens to, and why an update was posted: DBE_VALUE, DBE_LOG, DBE_ALARM, DBE_PROPERTY with the
/// bits that CA sends.
enum class Mask : std::uint8_t { none = 0, value = 1, log = 2, alarm = 4, property = 8 };

[[nodiscard]] constexpr Mask operator|(Mask a, Mask b)
{
    return static_cast<Mask>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
[[nodiscard]] constexpr Mask operator&(Mask a, Mask b)
{
    return static_cast<Mask>(static_cast<std::uint8_t>(a) & static_cast<std::uint8_t>(b));
}
constexpr Mask& operator|=(Mask& a, Mask b)
{
    return a = a | b;
}
[[nodiscard]] constexpr bool any(Mask mask)
{
    return mask != Mask::none;
}

/// One state of a PV, whole: nothing that an update's frame needs is read anywhere else, so nothing tears.
/// 56 bytes; a scalar one owns nothing, so making, copying and dropping it allocates nothing.
struct Sample {
    Value value;
    base::Stamp time = base::undefined_stamp;
    std::uint64_t user_tag = 0;
    Alarm alarm;
    Mask mask = Mask::none; ///< why it was posted; none for an answer to a read or a first value
    Acknowledgement acknowledgement;
    /// It stands for older updates too, which its server merged into it and never sent (pvAccess' overrun). Counted
    /// where it came from; a network source alone sets it.
    bool overrun = false;
    /// The alarm's message (AMSG) or null. Borrowed: good until the call that handed the sample over returns.
    const std::string* message = nullptr;
    /// Never null. Borrowed likewise: whoever keeps the sample asks the Source for the channel's MetaRef.
    const Meta* meta = nullptr;
};

static_assert(sizeof(Sample) <= 56);

} // namespace iochron::pv
