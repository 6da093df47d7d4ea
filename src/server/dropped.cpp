#include "server/dropped.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace iochron::server {

void Dropped::add(std::span<const Count> more)
{
    const std::size_t known = counts_.size();
    std::size_t at = 0;
    for (const Count& count : more) {
        while (at < known && counts_[at].subscription < count.subscription) {
            ++at;
        }
        if (at == known || counts_[at].subscription != count.subscription) {
            counts_.push_back(count);
            continue;
        }
        forgotten_ -= counts_[at].updates == 0 ? 1 : 0;
        counts_[at].updates += count.updates;
    }
    std::ranges::inplace_merge(counts_, counts_.begin() + static_cast<std::ptrdiff_t>(known), {}, &Count::subscription);
}

std::vector<Dropped::Count>::const_iterator Dropped::find(std::uint32_t subscription) const
{
    const auto found = std::ranges::lower_bound(counts_, subscription, {}, &Count::subscription);
    return found != counts_.end() && found->subscription == subscription ? found : counts_.end();
}

std::uint64_t Dropped::of(std::uint32_t subscription) const
{
    const auto found = find(subscription);
    return found == counts_.end() ? 0 : found->updates;
}

std::uint64_t Dropped::forget(std::uint32_t subscription)
{
    const auto found = find(subscription);
    if (found == counts_.end() || found->updates == 0) {
        return 0;
    }
    Count& count = counts_[static_cast<std::size_t>(found - counts_.begin())];
    const std::uint64_t updates = std::exchange(count.updates, 0);
    // Taken out by the half: one by one would move all behind it each time.
    if (++forgotten_ * 2 > counts_.size()) {
        std::erase_if(counts_, [](const Count& each) { return each.updates == 0; });
        forgotten_ = 0;
    }
    return updates;
}

} // namespace iochron::server
