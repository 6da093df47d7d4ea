#include "server/backlog.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace iochron::server {
namespace {

/// Below this size a queue that is behind does not collapse again: the walk would cost more than it frees.
constexpr std::size_t small_bytes = base::BlockPool::block_bytes;
/// Of the updates that replies overtake, so much at a time is put where it can be overtaken no more: enough for a
/// large write.
constexpr std::size_t handed_on_bytes = 2 * base::BlockPool::block_bytes;

/// A set of subscription ids: linear probing, at most half full.
class IdSet {
  public:
    explicit IdSet(std::size_t most) : slots_(std::bit_ceil(most * 2 + 1), empty) {}

    /// True where the id is new.
    bool insert(std::uint32_t id)
    {
        const std::size_t mask = slots_.size() - 1;
        for (std::size_t at = (id * std::uint64_t{0x9e3779b97f4a7c15} >> 20) & mask;; at = (at + 1) & mask) {
            if (slots_[at] == id) {
                return false;
            }
            if (slots_[at] == empty) {
                slots_[at] = id;
                return true;
            }
        }
    }

  private:
    static constexpr std::uint64_t empty = ~std::uint64_t{0};
    std::vector<std::uint64_t> slots_;
};

} // namespace

std::size_t Queue::settle(base::Steady now, base::Duration max_lag)
{
    if (behind_ && output_.written() >= until_) {
        behind_ = false;
        kept_bytes_ = 0;
    }
    output_.mark(now);
    const bool late =
        max_lag > base::Duration::zero() && output_.oldest() != base::never && now - output_.oldest() > max_lag;
    if (!late && (!behind_ || output_.size() < again_)) {
        return 0;
    }
    const std::size_t dropped = collapse();
    output_.mark(now);
    return dropped;
}

/// For each update, oldest first, the newer one that tells all that it does, of those the first that is kept.
std::vector<std::size_t> Queue::superseded(Updates updates) const
{
    std::vector<std::size_t> by(updates.size(), none);
    if (frames_->covers == nullptr) {
        IdSet seen(updates.size());
        for (std::size_t i = updates.size(); i-- > 0;) {
            by[i] = seen.insert(*frames_->update(updates[i])) ? none : i + 1;
        }
        return by;
    }
    std::unordered_map<std::uint32_t, std::vector<std::size_t>> kept; // of each subscription, newest first
    for (std::size_t i = updates.size(); i-- > 0;) {
        std::vector<std::size_t>& newer = kept[*frames_->update(updates[i])];
        const auto covers = [&](std::size_t at) { return frames_->covers(updates[at], updates[i]); };
        const auto found = std::find_if(newer.rbegin(), newer.rend(), covers);
        if (found == newer.rend()) {
            newer.push_back(i);
        } else {
            by[i] = *found;
        }
    }
    return by;
}

/// Of the updates that stand for others. An update is amended once at most: older ones than it come into the queue no
/// more.
std::unordered_map<std::size_t, base::Output::Amendment> Queue::amendments(Updates updates,
                                                                           std::span<const std::size_t> by) const
{
    std::unordered_map<std::size_t, base::Output::Amendment> made;
    if (frames_->overrun == nullptr) {
        return made;
    }
    std::unordered_map<std::size_t, std::vector<std::span<const std::byte>>> stands_for;
    for (std::size_t i = 0; i < by.size(); ++i) {
        if (by[i] != none) {
            stands_for[by[i]].push_back(updates[i]);
        }
    }
    for (const auto& [at, older] : stands_for) {
        made.emplace(at, frames_->overrun(updates[at], older));
    }
    return made;
}

std::optional<std::uint32_t> Queue::update(std::span<const std::byte> frame) const
{
    const std::optional<std::uint32_t> subscription = frames_->update(frame);
    return subscription && kept_whole_.contains(*subscription) ? std::nullopt : subscription;
}

std::size_t Queue::collapse()
{
    std::vector<std::span<const std::byte>> updates; // oldest first
    kept_bytes_ = 0;
    output_.walk(frames_->bytes, [&](std::span<const std::byte> frame) {
        if (update(frame)) {
            updates.push_back(frame);
        } else if (frames_->update(frame)) {
            kept_bytes_ += frames_->bytes(frame);
        }
    });
    const std::vector<std::size_t> by = superseded(updates);
    auto amended = amendments(updates, by);
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < updates.size(); ++i) {
        if (by[i] != none) {
            ++dropped;
            ++dropped_[*frames_->update(updates[i])];
        }
    }
    // Also where none is dropped: what stays counts as young again, so that this is seldom.
    std::size_t next = 0;
    std::size_t at = none;
    output_.retain(
        frames_->bytes,
        [&](std::span<const std::byte> frame) {
            at = update(frame) ? next++ : none;
            return at == none || by[at] == none;
        },
        [&](std::span<const std::byte>) {
            const auto found = amended.find(at);
            return found != amended.end() ? &found->second : nullptr;
        });
    behind_ = true;
    until_ = output_.produced();
    again_ = std::max(output_.size() * 2, small_bytes);
    return dropped;
}

std::uint64_t Queue::forget(std::uint32_t subscription)
{
    const auto found = dropped_.find(subscription);
    if (found == dropped_.end()) {
        return 0;
    }
    const std::uint64_t count = found->second;
    dropped_.erase(found);
    return count;
}

void Queue::keep_all_of(std::uint32_t subscription, bool all)
{
    if (all) {
        kept_whole_.insert(subscription);
    } else {
        kept_whole_.erase(subscription);
    }
}

void Queue::take_over(Queue& other)
{
    kept_bytes_ = std::exchange(other.kept_bytes_, 0);
    output_ = std::move(other.output_);
    behind_ = std::exchange(other.behind_, false);
    until_ = output_.produced();
    again_ = other.again_;
}

void Backlog::resume()
{
    if (!paused_) {
        return;
    }
    paused_ = false;
    overtaken_ = overtaken_ || (replies_ == Replies::overtake && held_.behind());
    if (!overtaken_) {
        current_.output().splice(held_.output());
    }
    hand_on();
}

void Backlog::settle(base::Steady now, base::Duration max_lag)
{
    coalesced_ += current_.settle(now, max_lag);
    (paused_ ? paused_out_ : coalesced_) += held_.settle(now, max_lag);
    let_overtake();
    hand_on();
}

void Backlog::collapse()
{
    coalesced_ += current_.collapse();
    (paused_ ? paused_out_ : coalesced_) += held_.collapse();
    let_overtake();
    hand_on();
}

/// Once the connection is behind, its updates wait apart, and go on only when all before them is written: what is
/// handed on can be neither overtaken nor replaced.
void Backlog::let_overtake()
{
    if (replies_ == Replies::overtake && current_.behind() && !paused_ && !overtaken_) {
        held_.take_over(current_);
        overtaken_ = true;
    }
}

void Backlog::hand_on()
{
    if (!overtaken_ || paused_) {
        return;
    }
    if (current_.output().empty()) {
        overtaken_ = !held_.output().empty();
        current_.output().splice(held_.output(), handed_on_bytes);
    }
}

std::uint64_t Backlog::superseded(std::uint32_t subscription) const
{
    std::uint64_t count = 0;
    for (const Queue* queue : {&current_, &held_}) {
        const auto found = queue->dropped().find(subscription);
        count += found == queue->dropped().end() ? 0 : found->second;
    }
    return count;
}

std::uint64_t Backlog::forget(std::uint32_t subscription)
{
    return current_.forget(subscription) + held_.forget(subscription);
}

void Backlog::keep_all_of(std::uint32_t subscription, bool all)
{
    current_.keep_all_of(subscription, all);
    held_.keep_all_of(subscription, all);
}

} // namespace iochron::server
