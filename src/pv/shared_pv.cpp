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

namespace {

/// Marked, where the type has a time stamp.
void set_time(Structure& structure, base::Stamp time)
{
    constexpr std::int64_t second = 1'000'000'000;
    if (structure.type()->find("timeStamp.nanoseconds").has_value()) {
        structure.set("timeStamp.secondsPastEpoch", time.ns / second);
        structure.set("timeStamp.nanoseconds", static_cast<std::int32_t>(time.ns % second));
    }
}

} // namespace

Status set_value(Structure& structure, const Value& value, base::Stamp time)
{
    const bool is_choice = structure.type()->find("value.index").has_value();
    Status status = structure.set(is_choice ? "value.index" : "value", value);
    if (status.ok() && time.ns != base::undefined_stamp.ns) {
        set_time(structure, time);
    }
    return status;
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
    Structure whole = first;
    whole.mark_all();
    whole_ = Value::of(std::move(whole));
    return {};
}

Status SharedPv::post(const Structure& update)
{
    if (!is_open()) {
        return {Outcome::disconnected, "the PV is closed: open it first"};
    }
    if (!(*update.type() == *value().type())) {
        return {Outcome::bad_type, "what is posted has another type than the PV was opened with"};
    }
    if (update.marked().none()) {
        return {};
    }
    Structure whole = value();
    whole.merge(update);
    Structure delta = whole;
    delta.keep_marks(update.marked());
    whole_ = Value::of(std::move(whole));
    tell(Value::of(std::move(delta)));
    return {};
}

Status SharedPv::post(const Value& value, base::Stamp time)
{
    if (!is_open()) {
        return {Outcome::disconnected, "the PV is closed: open it first"};
    }
    if (const Structure* const whole = value.structure()) {
        return post(*whole);
    }
    Structure update(this->value().type());
    if (Status status = set_value(update, value, time); !status.ok()) {
        return status;
    }
    return post(update);
}

void SharedPv::close()
{
    if (!is_open()) {
        return;
    }
    const MetaRef kept = std::exchange(meta_, nullptr); // from here on nothing new begins
    unsubscribe(nullptr);
    const Status why{Outcome::disconnected, "the PV was closed by its server"};
    for (const auto& waiting : std::exchange(operations_, {})) {
        if (const auto operation = waiting.lock()) {
            operation->end(why, nullptr);
        }
    }
    while (!clients_.empty()) { // who is told may close channels
        const Client client = clients_.back();
        clients_.pop_back();
        touched(*client.sink);
        client.sink->closed(client.token, why);
    }
}

void SharedPv::unsubscribe(const ChannelId* channel)
{
    std::erase_if(subscribers_, [&](const Subscriber& subscriber) {
        const bool goes = channel == nullptr || subscriber.channel == *channel;
        if (goes && owner_ != nullptr) {
            owner_->subscriptions_.erase(base::Handle::from_bits(static_cast<std::uint64_t>(subscriber.id)));
        }
        return goes;
    });
}

Sample SharedPv::sample() const
{
    Sample now;
    now.value = whole_;
    now.meta = meta_.get();
    return now;
}

// hot: one call a sink, no copy of the structure.
void SharedPv::tell(const Value& delta)
{
    Sample sample = this->sample();
    sample.value = delta;
    sample.mask = Mask::value | Mask::log | Mask::alarm;
    std::vector<Update> batch;
    for (std::size_t i = 0; i < subscribers_.size(); ++i) {
        const Subscriber& to = subscribers_[i];
        if (any(to.mask & sample.mask)) {
            batch.push_back({to.token, sample});
        }
        const bool last = i + 1 == subscribers_.size() || subscribers_[i + 1].sink != to.sink;
        if (last && !batch.empty()) {
            touched(*to.sink);
            to.sink->updates(batch);
            batch.clear();
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
        status = set_value(put, request.value);
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
