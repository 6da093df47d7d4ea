#include "server/collapse.h"

#include <boost/sort/pdqsort/pdqsort.hpp>

#include <algorithm>
#include <utility>

namespace iochron::server {
namespace {

/// Of so many sets the equal ones are found: updates of records have three.
constexpr std::size_t sets_compared = 16;

std::uint32_t subscription_of(std::uint64_t update)
{
    return static_cast<std::uint32_t>(update >> 32);
}

} // namespace

void Collapse::see(std::uint32_t subscription, std::span<const std::byte> update)
{
    updates_.push_back(std::uint64_t{subscription} << 32 | updates_.size());
    if (frames_->marks != nullptr) {
        marks_.push_back(set_of(frames_->marks(update)));
    }
}

/// Most updates mark what the one before them does.
Collapse::Set Collapse::set_of(std::span<const std::byte> marks)
{
    if (!marks_.empty() && std::ranges::equal(marks, last_marks_)) {
        return marks_.back();
    }
    last_marks_ = marks;
    return intern(frames_->marked(marks));
}

Collapse::Set Collapse::intern(pv::BitSet set)
{
    const auto first = sets_.end() - static_cast<std::ptrdiff_t>(std::min(sets_.size(), sets_compared));
    const auto found = std::find(first, sets_.end(), set);
    if (found != sets_.end()) {
        return static_cast<Set>(found - sets_.begin());
    }
    sets_.push_back(std::move(set));
    return static_cast<Set>(sets_.size() - 1);
}

std::size_t Collapse::decide(Dropped& dropped)
{
    fates_.assign(updates_.size(), keep);
    boost::sort::pdqsort(updates_.begin(), updates_.end());
    std::vector<Dropped::Count> counts;
    std::size_t all = 0;
    for (auto first = updates_.begin(); first != updates_.end();) {
        const auto end = std::find_if(first, updates_.end(), [of = subscription_of(*first)](std::uint64_t update) {
            return subscription_of(update) != of;
        });
        if (const std::uint64_t count = decide({first, end}); count > 0) {
            counts.push_back({subscription_of(*first), count});
            all += count;
        }
        first = end;
    }
    dropped.add(counts);
    return all;
}

/// An update is dropped for the oldest one that stays and tells all that it does.
std::uint64_t Collapse::decide(std::span<const std::uint64_t> of_one_subscription)
{
    kept_.clear();
    for (auto update = of_one_subscription.rbegin(); update != of_one_subscription.rend(); ++update) {
        const auto place = static_cast<Place>(*update);
        const auto by = std::find_if(kept_.rbegin(), kept_.rend(), [&](Place newer) { return covers(newer, place); });
        if (by == kept_.rend()) {
            kept_.push_back(place);
            continue;
        }
        fates_[place] = drop;
        tell(*by, place);
    }
    return of_one_subscription.size() - kept_.size();
}

bool Collapse::covers(Place newer, Place older) const
{
    return marks_.empty() || marks_[newer] == marks_[older] || sets_[marks_[newer]].contains(sets_[marks_[older]]);
}

/// An update is amended once at most: older ones than it come into the queue no more.
void Collapse::tell(Place update, Place older)
{
    if (frames_->overrun == nullptr) {
        return;
    }
    Set& told = fates_[update];
    const Set more = marks_[older];
    if (told == keep) {
        told = more;
    } else if (told != more) {
        pv::BitSet both = sets_[told];
        both |= sets_[more];
        told = intern(std::move(both));
    }
}

base::Output::Amendment* Collapse::amendment(std::span<const std::byte> update)
{
    const Set told = fates_[asked_ - 1];
    if (told == keep) {
        return nullptr;
    }
    how_.head.clear();
    how_.end.clear();
    frames_->overrun(update, sets_[told], how_);
    return &how_;
}

} // namespace iochron::server
