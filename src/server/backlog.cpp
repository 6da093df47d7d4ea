#include "server/backlog.h"

#include "server/collapse.h"

#include <algorithm>
#include <utility>

namespace iochron::server {
namespace {

/// Below this size a queue that is behind does not collapse again: the walk would cost more than it frees.
constexpr std::size_t small_bytes = base::BlockPool::block_bytes;
/// Of the updates that replies overtake, so much at a time is put where it can be overtaken no more: enough for a
/// large write.
constexpr std::size_t handed_on_bytes = 2 * base::BlockPool::block_bytes;

} // namespace

std::size_t Queue::settle(base::Steady now, base::Duration max_lag, bool hurry)
{
    if (behind_ && output_.written() >= until_) {
        behind_ = false;
        kept_bytes_ = 0;
    }
    output_.mark(now);
    const bool pressing = behind_ && output_.size() >= 2 * again_;
    if (!due(now, max_lag) || (hurry && !pressing)) {
        return 0;
    }
    const std::size_t dropped = collapse();
    output_.mark(now);
    return dropped;
}

bool Queue::due(base::Steady now, base::Duration max_lag) const
{
    if (behind_ && output_.size() >= again_) {
        return true;
    }
    // Of a peer that reads nothing at all what waits is bounded by its size; its age says nothing new.
    const bool stuck = behind_ && output_.written() == from_;
    return max_lag > base::Duration::zero() && !stuck && output_.oldest() != base::never &&
           now - output_.oldest() > max_lag;
}

std::optional<std::uint32_t> Queue::update(std::span<const std::byte> frame) const
{
    const std::optional<std::uint32_t> subscription = frames_->update(frame);
    return subscription && !kept_whole_.empty() && kept_whole_.contains(*subscription) ? std::nullopt : subscription;
}

std::size_t Queue::collapse()
{
    Collapse collapse(*frames_);
    kept_bytes_ = 0;
    output_.walk(frames_->bytes, [&](std::span<const std::byte> frame) {
        if (const auto subscription = update(frame)) {
            collapse.see(*subscription, frame);
        } else if (frames_->update(frame)) {
            kept_bytes_ += frames_->bytes(frame);
        }
    });
    const std::size_t dropped = collapse.decide(dropped_);
    // Also where none is dropped: what stays counts as young again, so that this is seldom.
    bool updates = false;
    output_.retain(
        frames_->bytes,
        [&](std::span<const std::byte> frame) {
            updates = update(frame).has_value();
            return !updates || collapse.keeps();
        },
        [&](std::span<const std::byte> frame) { return updates ? collapse.amendment(frame) : nullptr; });
    behind_ = true;
    until_ = output_.produced();
    again_ = output_.size() * 2 + small_bytes; // more than one further frame for each
    from_ = output_.written();
    ++moves_;
    return dropped;
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
    from_ = output_.written();
    ++moves_;
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

void Backlog::settle(base::Steady now, base::Duration max_lag, bool hurry)
{
    coalesced_ += current_.settle(now, max_lag, hurry);
    (paused_ ? paused_out_ : coalesced_) += held_.settle(now, max_lag, hurry);
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
    return current_.dropped(subscription) + held_.dropped(subscription);
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
