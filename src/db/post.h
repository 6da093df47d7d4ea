#pragma once

#include "base/counters.h"
#include "db/channel.h"
#include "db/filter_pass.h"
#include "db/nodes.h"
#include "db/record.h"
#include "pv/source.h"

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iochron::db {

/// A subscription that is not the first of its stream.
struct Subscription {
    pv::Token token{};
    std::uint16_t sink = 0;
    std::uint16_t generation = 0;
    pv::Mask mask = pv::Mask::none;
    bool filtered = false; ///< its channel has filters, through which each update goes
    bool waits = false;    ///< these have held its first value back
    bool apart = false;    ///< SubscribeRequest::properties_apart
    Node channel = 0;
    Node next = 0;
};

/// Who is told, and what waits to be told to each: updates gather in a batch per sink, which is handed over when it is
/// full, when the slice ends, and before any other call of that sink. So a sink hears all in the order it happened.
/// Thread: shard
class Posts {
  public:
    explicit Posts(base::Counter& posted) : posted_(posted) {}
    Posts(const Posts&) = delete;
    Posts& operator=(const Posts&) = delete;
    ~Posts();

    /// The index by which streams name the sink; counts one more user of it.
    [[nodiscard]] std::uint16_t acquire(pv::Sink& sink);
    void release(std::uint16_t sink);
    [[nodiscard]] pv::Sink& sink(std::uint16_t index) { return *batches_[index].sink; }

    // hot: 64 bytes written, nothing allocated
    /// One update more for the sink.
    void append(std::uint16_t sink, pv::Token token, const Record& record, const pv::Value& value, pv::Mask mask,
                std::uint64_t user_tag, const std::string* message, const pv::Meta* meta)
    {
        Batch& batch = batches_[sink];
        if (batch.size == batch.room) [[unlikely]] {
            make_room(batch);
        }
        new (batch.updates + batch.size) pv::Update{token,
                                                    {value,
                                                     {record.time},
                                                     user_tag,
                                                     {record.sevr, record.stat},
                                                     mask,
                                                     record.acknowledgement(),
                                                     false,
                                                     message,
                                                     meta}};
        ++batch.size;
    }
    /// The first value of a subscription: it takes its place among the updates.
    void first(pv::Token token, pv::Sink& sink, const pv::Sample& sample) { append(index_.at(&sink), token, sample); }
    /// An update that is made already.
    void append(std::uint16_t sink, pv::Token token, const pv::Sample& sample)
    {
        Batch& batch = batches_[sink];
        if (batch.size == batch.room) {
            make_room(batch);
        }
        new (batch.updates + batch.size) pv::Update{token, sample};
        ++batch.size;
    }

    // db/subscription.cpp

    /// A new subscription to the record's stream; `passing` are the filters of its channel, null where it has none. One
    /// with filters is never the stream's first, which is told without a look at filters.
    [[nodiscard]] pv::SubscriptionId begin(Stream& stream, const Record& record, Node channel,
                                           const std::vector<PassFilter>* passing, const pv::SubscribeRequest& request,
                                           pv::Sink& sink);
    /// The node in `more` of a subscription with filters.
    [[nodiscard]] static Node filtered_node(pv::SubscriptionId id) { return static_cast<Node>(id); }
    /// Record and key of the stream that a subscription is of; no_field where the id is stale.
    [[nodiscard]] std::pair<RecordId, FieldIndex> where(pv::SubscriptionId id, Channels& channels);
    void end(Stream& stream, pv::SubscriptionId id);
    /// Ends all subscriptions of that channel.
    void end_all(Stream& stream, Node channel);

    /// Hands over what waits for that sink.
    void flush(pv::Sink& sink);
    /// Hands over all.
    void flush();
    /// Hands over all and tells the sinks that had something that the work is done.
    void settle();
    /// The sink was told something else than updates, so it is to hear settled().
    void touch(pv::Sink& sink);
    /// There is something that was not told yet.
    [[nodiscard]] bool active() const { return !active_.empty(); }
    /// A sink looks at updates just now, which borrow their Metas.
    [[nodiscard]] bool handing_over() const { return handing_over_; }
    /// The cost that the sinks have reported, in all.
    [[nodiscard]] std::size_t cost() const { return cost_; }

    Nodes<Subscription> more;                                  ///< subscriptions behind the first of their stream
    Nodes<Stream> streams;                                     ///< streams behind the first of their record
    std::unordered_map<Node, std::vector<PassFilter>> filters; ///< of the subscriptions that are filtered

  private:
    static constexpr std::size_t smallest = 64;
    static constexpr std::size_t largest = 512;
    /// Updates' worth of work that one call of a sink should make at the most.
    static constexpr std::size_t cost_per_call = 4096;

    struct Batch {
        pv::Sink* sink = nullptr;
        pv::Update* updates = nullptr;
        std::size_t size = 0;
        std::size_t room = 0;            ///< for how many there is room now; 0 before the first of them
        std::size_t capacity = smallest; ///< how many the next hand-over shall have, by what the last one cost
        std::size_t users = 0;
        bool listed = false; ///< in active_
    };

    void end_first(Stream& stream);
    void end_more(Node& link);
    void make_room(Batch& batch);
    void list(Batch& batch);
    void flush(Batch& batch);

    base::Counter& posted_;
    std::vector<Batch> batches_{1}; ///< index 0 is no sink
    std::unordered_map<pv::Sink*, std::uint16_t> index_;
    std::vector<std::uint16_t> active_; ///< batches whose sink is to hear settled()
    bool handing_over_ = false;
    std::vector<pv::Sink*> touched_; ///< sinks without subscriptions that are to hear settled()
    std::size_t cost_ = 0;
    std::uint16_t serial_ = 0; ///< makes the ids of subscriptions in one place differ
};

} // namespace iochron::db
