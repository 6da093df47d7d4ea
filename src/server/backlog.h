#pragma once

#include "base/output.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace iochron::server {

/// How a protocol's frames are told apart while they wait.
/// Thread: fixed
struct Frames {
    /// The whole length of the frame that starts with these bytes, shared payload included.
    std::size_t (*bytes)(std::span<const std::byte> frame);
    /// The subscription of which the frame is an update; nothing for every other frame, which is never dropped.
    std::optional<std::uint32_t> (*update)(std::span<const std::byte> frame);
    /// Whether all that an update tells is told again by a newer one of the same subscription. Null: always. A protocol
    /// whose updates carry only what has changed says here which fields each of them has (docs/decisions/0007).
    bool (*covers)(std::span<const std::byte> newer, std::span<const std::byte> older) = nullptr;
    /// How an update says that it stands for older ones too. Null: the protocol has no words for it.
    base::Output::Amendment (*overrun)(std::span<const std::byte> update,
                                       std::span<const std::span<const std::byte>> superseded) = nullptr;
};

/// One queue under the lossless contract (design.md section 5). While its oldest bytes are younger than max_lag it
/// only holds them. Then it is behind: of each subscription it keeps the newest update, and older ones that tell of
/// something which no newer one tells (see Frames::covers); all other frames keep their place, and whenever it has
/// doubled since, it collapses again, so that memory stays flat whatever the rate. It is current again when all that
/// the last collapse left has been written. Thread: shard
class Queue {
  public:
    Queue(base::BlockPool& pool, const Frames& frames) : output_(pool), frames_(&frames) {}

    [[nodiscard]] base::Output& output() { return output_; }
    [[nodiscard]] const base::Output& output() const { return output_; }
    [[nodiscard]] bool behind() const { return behind_; }

    /// Ends a turn: notes the time and collapses where that is due. max_lag zero: never by age. Gives the number of
    /// updates dropped.
    std::size_t settle(base::Steady now, base::Duration max_lag);
    /// Drops superseded updates at once, whatever their age. Gives the number dropped.
    std::size_t collapse();
    /// Takes all that waits in `other`, which is behind, and is behind in its place. This must be empty.
    void take_over(Queue& other);
    /// Updates that were dropped, by subscription. Only those with any.
    [[nodiscard]] const std::unordered_map<std::uint32_t, std::uint64_t>& dropped() const { return dropped_; }
    /// Forgets the count of a subscription that has ended, and gives it.
    std::uint64_t forget(std::uint32_t subscription);
    /// Whether no update of that id is dropped: it stands for several subscriptions, which cannot be told apart, or its
    /// peer counts what it gets.
    void keep_all_of(std::uint32_t subscription, bool all);
    /// How much of that the last collapse left, while it is behind.
    [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }

  private:
    static constexpr std::size_t none = ~std::size_t{0};
    using Updates = std::span<const std::span<const std::byte>>;

    /// The subscription of which a frame is an update that may be dropped.
    [[nodiscard]] std::optional<std::uint32_t> update(std::span<const std::byte> frame) const;
    [[nodiscard]] std::vector<std::size_t> superseded(Updates updates) const;
    [[nodiscard]] std::unordered_map<std::size_t, base::Output::Amendment>
    amendments(Updates updates, std::span<const std::size_t> by) const;

    base::Output output_;
    const Frames* frames_;
    std::unordered_map<std::uint32_t, std::uint64_t> dropped_;
    std::unordered_set<std::uint32_t> kept_whole_; ///< ids of which no update is dropped
    std::size_t kept_bytes_ = 0;
    std::uint64_t until_ = 0; ///< current again when so much has been written
    std::size_t again_ = 0;   ///< collapses again at this size
    bool behind_ = false;
};

/// What replies do once their connection is behind.
enum class Replies : unsigned char {
    keep_place, ///< among the updates
    overtake,   ///< the updates: those wait apart, and only a little of them is put before the next reply
};

/// All that waits for one connection: what is written next, and what a pause, or being behind, holds back.
/// Thread: shard
class Backlog {
  public:
    /// Where replies overtake, updates() may change in every call that is not const: ask again after it.
    Backlog(base::BlockPool& pool, const Frames& frames, Replies replies = Replies::keep_place)
        : current_(pool, frames), held_(pool, frames), replies_(replies)
    {}

    /// What the connection writes. Replies go here.
    [[nodiscard]] base::Output& output() { return current_.output(); }
    /// Where updates go, and the confirmations that must not overtake them: held back while paused or overtaken.
    [[nodiscard]] base::Output& updates() { return paused_ || overtaken_ ? held_.output() : current_.output(); }
    [[nodiscard]] bool paused() const { return paused_; }
    [[nodiscard]] bool behind() const { return overtaken_ || current_.behind() || held_.behind(); }
    [[nodiscard]] std::size_t size() const { return current_.output().size() + held_.output().size(); }

    void pause() { paused_ = true; }
    void resume();

    /// As Queue::settle(), for both queues. Called also after each write: it is what hands on held updates.
    void settle(base::Steady now, base::Duration max_lag);
    void collapse();
    /// Updates that were superseded before they could be written: because the peer was slow, and because it paused.
    [[nodiscard]] std::uint64_t coalesced() const { return coalesced_; }
    [[nodiscard]] std::uint64_t paused_out() const { return paused_out_; }
    /// Both counts of one subscription together; forget() when it ends.
    [[nodiscard]] std::uint64_t superseded(std::uint32_t subscription) const;
    std::uint64_t forget(std::uint32_t subscription);
    /// As Queue's.
    void keep_all_of(std::uint32_t subscription, bool all);
    [[nodiscard]] std::size_t kept_bytes() const { return current_.kept_bytes() + held_.kept_bytes(); }

  private:
    void let_overtake();
    void hand_on();

    Queue current_;
    Queue held_;
    Replies replies_;
    bool overtaken_ = false; ///< updates wait in held_, and are handed on little by little
    std::uint64_t coalesced_ = 0;
    std::uint64_t paused_out_ = 0;
    bool paused_ = false;
};

} // namespace iochron::server
