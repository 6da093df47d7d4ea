#pragma once

#include "base/output.h"
#include "server/dropped.h"
#include "server/frames.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_set>

namespace iochron::server {

/// One queue under the lossless contract (design.md section 5). While its oldest bytes are younger than max_lag it
/// only holds them. Then it is behind: of each subscription it keeps the newest update, and older ones that tell of
/// something which no newer one tells (see Collapse); all other frames keep their place, and whenever it has
/// doubled since, it collapses again, so that memory stays flat whatever the rate. It is current again when all that
/// the last collapse left has been written. Thread: shard
class Queue {
  public:
    Queue(base::BlockPool& pool, const Frames& frames) : output_(pool), frames_(&frames) {}

    [[nodiscard]] base::Output& output() { return output_; }
    [[nodiscard]] const base::Output& output() const { return output_; }
    [[nodiscard]] bool behind() const { return behind_; }

    /// Ends a turn: notes the time and collapses where that is due. max_lag zero: never by age. Where others wait for
    /// the turn's end (`hurry`), it collapses only what has doubled twice. Gives the number of updates dropped.
    std::size_t settle(base::Steady now, base::Duration max_lag, bool hurry = false);
    /// Whether settle() would collapse: for the age of what waits, or because it has doubled since the last time.
    [[nodiscard]] bool due(base::Steady now, base::Duration max_lag) const;
    /// Drops superseded updates at once, whatever their age. Gives the number dropped.
    std::size_t collapse();
    /// Takes all that waits in `other`, which is behind, and is behind in its place. This must be empty.
    void take_over(Queue& other);
    /// Updates of a subscription that were dropped.
    [[nodiscard]] std::uint64_t dropped(std::uint32_t subscription) const { return dropped_.of(subscription); }
    /// Forgets the count of a subscription that has ended, and gives it.
    std::uint64_t forget(std::uint32_t subscription) { return dropped_.forget(subscription); }
    /// Whether no update of that id is dropped: it stands for several subscriptions, which cannot be told apart, or its
    /// peer counts what it gets.
    void keep_all_of(std::uint32_t subscription, bool all);
    /// Changes whenever what waits has moved in memory.
    [[nodiscard]] std::uint32_t moves() const { return moves_; }
    /// How much of that the last collapse left, while it is behind.
    [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }

  private:
    /// The subscription of which a frame is an update that may be dropped.
    [[nodiscard]] std::optional<std::uint32_t> update(std::span<const std::byte> frame) const;

    base::Output output_;
    const Frames* frames_;
    Dropped dropped_;
    std::unordered_set<std::uint32_t> kept_whole_; ///< ids of which no update is dropped
    std::size_t kept_bytes_ = 0;
    std::uint64_t until_ = 0; ///< current again when so much has been written
    std::size_t again_ = 0;   ///< collapses again at this size
    std::uint64_t from_ = 0;  ///< so much had been written at the last collapse
    std::uint32_t moves_ = 0;
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
    /// Whether updates() is behind: a newer update may be written over one that waits there.
    [[nodiscard]] bool replaces() const { return paused_ || overtaken_ ? held_.behind() : current_.behind(); }
    [[nodiscard]] std::uint32_t moves() const { return current_.moves() + held_.moves(); }
    /// So many updates were written over.
    void note_replaced(std::uint64_t updates) { (paused_ ? paused_out_ : coalesced_) += updates; }
    [[nodiscard]] bool paused() const { return paused_; }
    [[nodiscard]] bool behind() const { return overtaken_ || current_.behind() || held_.behind(); }
    [[nodiscard]] std::size_t size() const { return current_.output().size() + held_.output().size(); }

    void pause() { paused_ = true; }
    void resume();

    /// As Queue::settle(), for both queues. Called also after each write: it is what hands on held updates.
    void settle(base::Steady now, base::Duration max_lag, bool hurry = false);
    [[nodiscard]] bool due(base::Steady now, base::Duration max_lag) const
    {
        return current_.due(now, max_lag) || held_.due(now, max_lag);
    }
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
