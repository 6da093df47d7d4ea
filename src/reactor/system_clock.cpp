#include "reactor/system_clock.h"

#include <chrono>

namespace iochron::reactor {

base::Stamp SystemClock::now() const
{
    const auto since_posix = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(since_posix).count()};
}

} // namespace iochron::reactor
