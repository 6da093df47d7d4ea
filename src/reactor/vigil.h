#pragma once

#include "base/time.h"

#include <algorithm>

namespace iochron::reactor {

/// How long a shard that has nothing to do stays awake before it sleeps. Who has just been answered often asks again at
/// once, and to be woken takes longer than all else that a request needs. It is adaptive: a peer that asks now and then
/// costs a hundredth of the time that it is given at most.
/// Thread: shard
class Vigil {
  public:
    /// `longest` zero: never.
    explicit Vigil(base::Duration longest) : longest_(longest) {}

    /// A peer was sent something after it had been heard.
    void answered() { answered_ = true; }
    /// The time for which the shard now stays awake. Followed by ended() where that is not zero.
    [[nodiscard]] base::Duration begin()
    {
        const bool wanted = answered_ && skipped_ >= skip_;
        skipped_ += answered_ && !wanted ? 1 : 0;
        answered_ = false;
        return wanted ? longest_ : base::Duration::zero();
    }
    void ended(bool in_vain)
    {
        skipped_ = 0;
        skip_ = in_vain ? std::min(2 * skip_ + 1, most_skipped) : 0;
    }

  private:
    static constexpr int most_skipped = 127;

    base::Duration longest_;
    int skip_ = 0;    ///< answers after which it sleeps at once, until it tries again
    int skipped_ = 0; ///< of those
    bool answered_ = false;
};

} // namespace iochron::reactor
