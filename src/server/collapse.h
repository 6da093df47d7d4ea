#pragma once

#include "server/dropped.h"
#include "server/frames.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace iochron::server {

/// Decides which of the updates that wait are dropped: those of which newer ones of the same subscription, that stay,
/// tell all that they tell. Shown all updates twice, oldest first: see() them, decide(), and then ask for each.
/// It takes 10 to 20 bytes an update, and a time that no choice of ids makes longer.
/// Thread: shard
class Collapse {
  public:
    explicit Collapse(const Frames& frames) : frames_(&frames) {}

    void see(std::uint32_t subscription, std::span<const std::byte> update);
    /// Gives the number of updates that are dropped, and adds them to those of their subscriptions.
    std::size_t decide(Dropped& dropped);

    /// Of the next update.
    [[nodiscard]] bool keeps() { return fates_[asked_++] != drop; }
    /// How the update of which keeps() just said so tells that it stands for others; null where it does not. Good until
    /// the next call.
    [[nodiscard]] base::Output::Amendment* amendment(std::span<const std::byte> update);

  private:
    using Place = std::uint32_t; ///< of an update among all
    using Set = std::uint32_t;   ///< a place in sets_

    /// Beside a Set, which an update that stays is to say was told before.
    static constexpr Set keep = ~Set{0};
    static constexpr Set drop = keep - 1;

    [[nodiscard]] Set set_of(std::span<const std::byte> marks);
    [[nodiscard]] Set intern(pv::BitSet set);
    [[nodiscard]] bool covers(Place newer, Place older) const;
    void tell(Place update, Place older);
    std::uint64_t decide(std::span<const std::uint64_t> of_one_subscription);

    const Frames* frames_;
    std::vector<std::uint64_t> updates_; ///< subscription and place
    std::vector<Set> marks_;             ///< by place, where updates do not tell all
    std::vector<Set> fates_;             ///< by place
    std::vector<pv::BitSet> sets_;       ///< few: those that updates mark, and what is told of them
    std::span<const std::byte> last_marks_;
    std::vector<Place> kept_; ///< of one subscription, newest first
    Place asked_ = 0;
    base::Output::Amendment how_;
};

} // namespace iochron::server
