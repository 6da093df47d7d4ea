#pragma once

#include <cmath>

namespace iochron::db {

/// recGblCheckDeadband: whether `now` is further from `last` than the deadband, in which case it becomes the last. NaN
/// and infinities differ from everything but themselves; a negative deadband is always exceeded.
[[nodiscard]] inline bool exceeds_deadband(double& last, double now, double deadband)
{
    double delta = std::fabs(last - now);
    if (!std::isfinite(delta)) [[unlikely]] {
        const bool both_finite = std::isfinite(last) && std::isfinite(now);
        const bool same = last == now || (std::isnan(last) && std::isnan(now));
        delta = both_finite ? delta : same ? 0 : HUGE_VAL;
    }
    if (delta > deadband) {
        last = now;
        return true;
    }
    return false;
}

} // namespace iochron::db
