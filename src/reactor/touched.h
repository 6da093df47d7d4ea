#pragma once

#include "base/time.h"

#include <array>
#include <cstddef>
#include <vector>

namespace iochron::reactor {

/// Something to be looked at once at the end of a turn, however often it was touched: a TcpStream to be written. It
/// must be forgotten (Shard::forget()) before it is destroyed.
/// Thread: shard
class Touched {
  public:
    virtual ~Touched() = default;
    virtual void settle(base::Steady now) = 0;

  private:
    friend class TouchedLists;
    static constexpr unsigned char on_no_list = 3;
    unsigned char list_ = on_no_list;
    std::size_t place_ = 0;
};

/// What is to be settled in this turn, and what waits for the end of a pass (tails).
/// Thread: shard
class TouchedLists {
  public:
    // hot: two compares when the thing is on a list already.
    void touch(Touched& thing, bool in_pass, base::Steady now)
    {
        if (thing.list_ > tails || (thing.list_ == tails && !in_pass)) {
            list(thing, in_pass, now);
        }
    }
    void forget(Touched& thing);
    /// The tails are to be settled in this turn.
    void end_pass();

    /// Starts a round: what is touched from here on has its turn in the next one.
    void begin();
    /// The next thing of the round, off its list now; null at its end. A round may be left and gone on with later.
    [[nodiscard]] Touched* next();

    [[nodiscard]] bool empty() const { return lists_[0].empty() && lists_[1].empty(); } ///< but for tails
    /// Since when a tail waits, or `never`.
    [[nodiscard]] base::Steady oldest_tail() const { return oldest_tail_; }
    [[nodiscard]] static bool is_tail(const Touched& thing) { return thing.list_ == tails; }

  private:
    static constexpr unsigned char tails = 2;

    void list(Touched& thing, bool in_pass, base::Steady now);
    void put(Touched& thing, unsigned char list);

    /// Two lists take turns: one is settled while the other fills. The third holds the tails. Null: forgotten.
    std::array<std::vector<Touched*>, 3> lists_;
    unsigned char filling_ = 0;
    std::size_t settled_ = 0; ///< of the list that is being settled
    base::Steady oldest_tail_ = base::never;
};

} // namespace iochron::reactor
