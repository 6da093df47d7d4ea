#pragma once

#include "base/time.h"

namespace iochron::reactor {

/// The computer's own time, set by NTP or PTP, some 30 ns a call.
/// Thread: any
class SystemClock : public base::Clock {
  public:
    [[nodiscard]] base::Stamp now() const override;
};

} // namespace iochron::reactor
