#include "pv/shared_pv.h"

#include <algorithm>

namespace iochron::pv {

struct Answer::Operation {
    SharedPv* pv = nullptr;
    ChannelId channel{};
    Token token{};
    Sink* sink = nullptr; ///< null: ended
    bool acknowledge = true;

    Operation(SharedPv* p, ChannelId c, Token t, Sink* s, bool a) : pv(p), channel(c), token(t), sink(s), acknowledge(a)
    {}
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation() { end({Outcome::internal, "the handler of this PV gave no answer"}, nullptr); }

    void end(const Status& status, const Sample* sample)
    {
        Sink* const to = std::exchange(sink, nullptr);
        if (to == nullptr) {
            return;
        }
        pv->touched(*to);
        if (acknowledge || !status.ok()) {
            to->completed(token, status, sample);
        }
    }
};

void Answer::done() const
{
    operation_->end({}, nullptr);
}

void Answer::done(Structure result) const
{
    if (operation_->sink == nullptr) {
        return;
    }
    result.mark_all();
    const MetaRef meta = operation_->pv->meta_;
    Sample sample;
    sample.value = Value::of(std::move(result));
    sample.meta = meta.get();
    operation_->end({}, &sample);
}

void Answer::refuse(std::string words) const
{
    operation_->end({Outcome::put_failed, std::move(words)}, nullptr);
}

Status SharedPv::open(const Structure& first)
{
    if (is_open()) {
        return {Outcome::busy, "the PV is open already: close it first"};
    }
    auto meta = std::make_shared<Meta>();
    meta->type = ScalarType::structure;
    meta->structure = first.type();
    meta_ = std::move(meta);
    whole_ = Value::of(first);
    open_plain();
    return {};
}

/// The state, to be changed: a copy where somebody else has it too.
Structure& SharedPv::own_whole()
{
    if (whole_.own_structure() == nullptr) {
        whole_ = Value::of(value());
    }
    Structure& whole = *whole_.own_structure();
    whole.unmark_all();
    return whole;
}

Status SharedPv::post(const Structure& update)
{
    if (!is_open()) {
        return {Outcome::disconnected, "the PV is closed: open it first"};
    }
    if (!(*update.type() == *value().type())) {
        return {Outcome::bad_type, "what is posted has another type than the PV was opened with"};
    }
    if (update.marked().any()) {
        own_whole().merge(update);
        tell();
    }
    return {};
}

Status SharedPv::post(const Value& value, base::Stamp time)
{
    if (!is_open()) {
        return {Outcome::disconnected, "the PV is closed: open it first"};
    }
    if (const Structure* const update = value.structure()) {
        return post(*update);
    }
    if (Status status = set_value(own_whole(), value, time); !status.ok()) {
        return status;
    }
    tell();
    return {};
}

void SharedPv::close()
{
    if (is_open()) {
        const MetaRef kept = std::exchange(meta_, nullptr); // from here on nothing new begins
        lose(false, {Outcome::disconnected, "the PV was closed by its server"});
        plain_meta_ = nullptr;
    }
}

void SharedPv::lose(bool only_outgrown, const Status& why)
{
    const auto goes = [&](const Client& client) {
        return !only_outgrown || (client.plain && client.plain_life != plain_lives_);
    };
    const auto is_of = [&](ChannelId channel) {
        return std::ranges::any_of(clients_, [&](const Client& c) { return c.channel == channel && goes(c); });
    };
    for (const Client& client : clients_) {
        if (goes(client)) {
            unsubscribe(client.channel);
        }
    }
    for (const auto& waiting : std::vector(operations_)) {
        if (const auto operation = waiting.lock(); operation != nullptr && is_of(operation->channel)) {
            operation->end(why, nullptr);
        }
    }
    // Who is told may close channels.
    for (auto found = std::ranges::find_if(clients_, goes); found != clients_.end();
         found = std::ranges::find_if(clients_, goes)) {
        const Client client = *found;
        clients_.erase(found);
        touched(*client.sink);
        client.sink->closed(client.token, why);
    }
}

void SharedPv::unsubscribe(ChannelId channel)
{
    std::erase_if(subscribers_, [&](const Subscriber& subscriber) {
        const bool goes = subscriber.channel == channel;
        if (goes && owner_ != nullptr) {
            owner_->subscriptions_.erase(base::Handle::from_bits(static_cast<std::uint64_t>(subscriber.id)));
        }
        return goes;
    });
}

/// All of it marked.
Sample SharedPv::sample() const
{
    Structure all = value();
    all.mark_all();
    Sample now;
    now.value = Value::of(std::move(all));
    now.meta = meta_.get();
    return now;
}

// hot: one call a sink, no copy of the structure, no allocation in the long run.
/// Tells what is marked.
void SharedPv::tell()
{
    Sample sample;
    sample.value = whole_;
    sample.meta = meta_.get();
    sample.mask = Mask::value | Mask::log | Mask::alarm;
    const Mask plain_mask = plain_meta_ != nullptr ? note_plain_changes() : Mask::none;
    std::optional<Plain> plain;
    for (std::size_t i = 0; i < subscribers_.size(); ++i) {
        const Subscriber& to = subscribers_[i];
        if (!to.plain) {
            batch_.push_back({to.token, sample});
        } else if (any(to.mask & plain_mask)) {
            batch_.push_back({to.token, plain_sample(plain)});
            batch_.back().sample.mask = plain_mask;
        }
        const bool last = i + 1 == subscribers_.size() || subscribers_[i + 1].sink != to.sink;
        if (last && !batch_.empty()) {
            touched(*to.sink);
            to.sink->updates(batch_);
            batch_.clear();
        }
    }
}

Answer SharedPv::begin(ChannelId channel, Token token, bool acknowledge, Sink& sink)
{
    std::erase_if(operations_, [](const auto& waiting) {
        const auto operation = waiting.lock();
        return operation == nullptr || operation->sink == nullptr;
    });
    auto operation = std::make_shared<Answer::Operation>(this, channel, token, &sink, acknowledge);
    operations_.push_back(operation);
    return Answer(std::move(operation));
}

void SharedPv::write(const WriteRequest& request, const Peer& peer, Sink& sink)
{
    const Answer answer = begin(request.channel, request.token, request.acknowledge, sink);
    const Structure* const whole = request.value.structure();
    Structure put(value().type());
    Status status;
    if (whole != nullptr && *whole->type() == *put.type()) {
        put = *whole;
    } else if (whole != nullptr) {
        status = {Outcome::bad_type, "the structure that was put has another type than the PV"};
    } else {
        status = set_value(put, value(), request.value);
    }
    if (!status.ok()) {
        answer.operation_->end(status, nullptr);
    } else if (put_) {
        put_(*this, put, peer, answer);
    } else {
        answer.operation_->end(take(std::move(put)), nullptr);
    }
}

/// What a mailbox does with a put.
Status SharedPv::take(Structure put)
{
    const auto time = put.type()->find("timeStamp");
    if (time && !put.is_marked(*time) && owner_ != nullptr && owner_->now_) {
        set_time(put, owner_->now_());
    }
    return post(put);
}

void SharedPv::touched(Sink& sink)
{
    if (owner_ == nullptr) {
        return;
    }
    std::vector<Sink*>& all = owner_->touched_;
    if (std::ranges::find(all, &sink) == all.end()) {
        all.push_back(&sink);
        if (all.size() == 1 && owner_->due_) {
            owner_->due_();
        }
    }
}

/// One operation of the channel, or all.
void SharedPv::forget(ChannelId channel, const Token* operation)
{
    for (const auto& waiting : operations_) {
        const auto found = waiting.lock();
        if (found != nullptr && found->channel == channel && (operation == nullptr || found->token == *operation)) {
            found->sink = nullptr;
        }
    }
}

} // namespace iochron::pv
