#pragma once

#include "base/counters.h"
#include "db/link.h"
#include "db/nodes.h"
#include "pv/meta.h"
#include "pv/source.h"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace iochron::db {

struct Core;

/// The far end of a link that leads out of the database: the channel, and the last that came by it.
struct Remote {
    LinkId link = no_link;
    std::uint32_t serial = 0; ///< of this use of the node, so that a late answer meets nobody else
    pv::ChannelId channel{};
    pv::SubscriptionId subscription{};
    pv::SubscriptionId choices{}; ///< to the properties of an enumeration whose texts are wanted
    pv::MetaRef meta;             ///< null until it was connected once
    pv::Value value;              ///< none since the connection where it is empty
    base::Stamp time = base::undefined_stamp;
    std::uint64_t user_tag = 0;
    pv::Alarm alarm;
    pv::Rights rights{.read = false, .write = false};
    bool asked = false;       ///< the Source was asked for it
    bool connected = false;   ///< and gave it, and it was not lost since
    bool forwards = false;    ///< FLNK to a PROC field
    bool queued = false;      ///< in the queue of writes
    bool waits = false;       ///< the owner waits for the completion of a write
    std::uint8_t writing = 0; ///< writes under way
    pv::Value next;           ///< to be written
    std::uint32_t losses = 0;
    std::uint32_t replaced = 0; ///< values that a newer one replaced before they were written

    [[nodiscard]] bool has_value() const { return connected && rights.read && !value.empty(); }
};

/// The links that lead out of the database, to a pv::Source that the Database was given: EPICS Base's CA links. Each
/// has a channel of its own; inputs are subscribed to, and reads give what came last. Nothing here waits: without a
/// connection reads and writes fail at once.
///
/// Of one link at most `most_writing` writes are under way and one value waits, the newest.
/// Thread: shard
class Remotes final : public pv::Sink {
  public:
    explicit Remotes(Core& core);
    Remotes(const Remotes&) = delete;
    Remotes& operator=(const Remotes&) = delete;
    ~Remotes() override; ///< leave(), so the Source must still be there

    /// Makes the link, whose target is not here, one of kind `remote`. Nothing is asked of the Source yet.
    void make(LinkId link);
    /// Asks for the channels that were not asked for: of one link, or of all.
    void connect(LinkId link);
    void connect();
    /// The link goes away.
    void end(LinkId link);
    /// Gives all channels back for good; the links stay, unconnected.
    void leave();

    [[nodiscard]] const Remote& at(const Link& link) const { return nodes_[link.remote]; }
    /// The Meta by which its value becomes text: only that of an enumeration, as Channel Access sends the others' texts
    /// with six digits. Null: none.
    [[nodiscard]] pv::MetaRef text_meta(const Link& link);

    /// Has the value written when the present chain is over. False: there is no connection, no right to write, or the
    /// value cannot be had as the far end's type. With `wait` the owner is completed when the write is.
    [[nodiscard]] bool put(const Link& link, const pv::Value& value, bool wait);
    /// The owner, whose processing is not over, waits for the write of put(). False: that has ended already.
    [[nodiscard]] bool waits(const Link& link) const { return nodes_[link.remote].waits; }
    /// FLNK: writes 1 where the link names a PROC field.
    void forward(const Link& link);
    /// Writes what waits.
    void flush();
    [[nodiscard]] bool has_writes() const { return !queue_.empty(); }

    /// Calls f(const Remote&) for each.
    template <class F>
    void each(F&& f) const
    {
        for (Node node = 1; node < nodes_.end(); ++node) {
            if (nodes_[node].link != no_link) {
                f(nodes_[node]);
            }
        }
    }
    [[nodiscard]] std::string server_name(const Remote& remote) const;
    [[nodiscard]] std::size_t memory_bytes() const { return nodes_.memory_bytes(); }

    // pv::Sink
    void opened(std::span<const pv::Opened> answers) override;
    std::size_t updates(std::span<const pv::Update> batch) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token channel, pv::Rights rights) override;
    void meta_changed(pv::Token channel, const pv::MetaRef& meta) override;
    void closed(pv::Token channel, const pv::Status& why) override;
    void settled() override;

  private:
    /// What a token is of, beside the node and its serial number.
    enum class Use : std::uint8_t { value, choices, write, awaited_write };

    static constexpr std::uint8_t most_writing = 16;

    [[nodiscard]] pv::Token token(const Remote& remote, Use use) const;
    [[nodiscard]] static Use use(pv::Token token);
    /// Null where the token is of a link that is gone.
    [[nodiscard]] Remote* find(pv::Token token);
    [[nodiscard]] std::string_view name(const Remote& remote) const;
    [[nodiscard]] std::string owner(const Remote& remote) const;
    void subscribe(Remote& remote);
    void write(Remote& remote);
    void queue(Remote& remote);
    void lose(Remote& remote);
    void release(Remote& remote);

    Core& core_;
    base::Counter& lost_;
    base::Counter& replaced_;
    pv::Source* source_ = nullptr; ///< null until one is needed
    bool left_ = false;
    std::uint32_t serials_ = 0;
    Nodes<Remote> nodes_;
    std::vector<Node> queue_;   ///< nodes with something to write
    std::vector<Node> writing_; ///< those that flush() is at
};

} // namespace iochron::db
