#include "perf/faulty_source.h"

namespace iochron::perf {

void FaultySource::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    inner_.find(names, found);
}

void FaultySource::open(std::span<const pv::OpenRequest> requests, const pv::Peer& peer, pv::Sink& sink)
{
    outer_ = &sink;
    inner_.open(requests, peer, *this);
}

void FaultySource::read(const pv::ReadRequest& request, const pv::Peer& peer, pv::Sink& sink)
{
    outer_ = &sink;
    inner_.read(request, peer, *this);
}

void FaultySource::write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink)
{
    outer_ = &sink;
    inner_.write(request, peer, *this);
}

void FaultySource::cancel(pv::ChannelId channel, pv::Token operation, pv::Sink&)
{
    inner_.cancel(channel, operation, *this);
}

pv::SubscriptionId FaultySource::subscribe(const pv::SubscribeRequest& request, pv::Sink& sink)
{
    outer_ = &sink;
    return inner_.subscribe(request, *this);
}

void FaultySource::completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample)
{
    outer_->completed(operation, status, sample);
}

std::size_t FaultySource::updates(std::span<const pv::Update> batch)
{
    out_.clear();
    received_ += batch.size();
    for (const pv::Update& update : batch) {
        heard_.insert(update.token);
        pass_on(update);
    }
    return out_.empty() ? batch.size() : outer_->updates(out_);
}

void FaultySource::pass_on(const pv::Update& update)
{
    switch (planter_.fate(static_cast<std::uint64_t>(update.token))) {
    case Planter::Fate::drop:
        return;
    case Planter::Fate::hold:
        held_ = update;
        held_->sample.message = nullptr; // only borrowed
        return;
    case Planter::Fate::then_held:
        out_.push_back(update);
        held_->sample.meta = update.sample.meta; // likewise
        out_.push_back(*held_);
        return;
    case Planter::Fate::twice:
        out_.push_back(update);
        break;
    case Planter::Fate::spoiled:
        out_.push_back(update);
        out_.back().sample.value = pv::Value::of(update.sample.value.as_double() + 0.5);
        return;
    case Planter::Fate::pass:
        break;
    }
    out_.push_back(update);
}

} // namespace iochron::perf
