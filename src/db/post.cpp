#include "db/post.h"

#include <algorithm>
#include <cassert>
#include <new>

namespace iochron::db {

namespace {

void destroy(pv::Update* updates, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        updates[i].~Update();
    }
}

} // namespace

Posts::~Posts()
{
    for (Batch& batch : batches_) {
        destroy(batch.updates, batch.size);
        ::operator delete(batch.updates);
    }
}

std::uint16_t Posts::acquire(pv::Sink& sink)
{
    auto [at, fresh] = index_.try_emplace(&sink, std::uint16_t{0});
    if (fresh) {
        std::size_t free = 1;
        while (free < batches_.size() && batches_[free].sink != nullptr) {
            ++free;
        }
        if (free == batches_.size()) {
            batches_.emplace_back();
        }
        assert(free <= UINT16_MAX);
        batches_[free].sink = &sink;
        at->second = static_cast<std::uint16_t>(free);
    }
    ++batches_[at->second].users;
    return at->second;
}

void Posts::release(std::uint16_t sink)
{
    Batch& batch = batches_[sink];
    if (--batch.users == 0) {
        destroy(batch.updates, batch.size);
        ::operator delete(batch.updates);
        index_.erase(batch.sink);
        std::erase(touched_, batch.sink);
        batch = {};
    }
}

void Posts::make_room(Batch& batch)
{
    if (batch.capacity == 0) {
        batch.updates = static_cast<pv::Update*>(::operator new(largest * sizeof(pv::Update)));
        batch.capacity = smallest;
    } else {
        flush(batch);
    }
}

void Posts::flush(Batch& batch)
{
    if (batch.size == 0) {
        return;
    }
    const std::size_t cost = std::max<std::size_t>(batch.sink->updates({batch.updates, batch.size}), batch.size);
    batch.capacity = std::clamp(cost_per_call * batch.size / cost, smallest, largest);
    cost_ += cost;
    posted_.add(batch.size);
    destroy(batch.updates, batch.size);
    batch.size = 0;
    batch.told = true;
}

void Posts::flush(pv::Sink& sink)
{
    const auto found = index_.find(&sink);
    if (found != index_.end()) {
        flush(batches_[found->second]);
    }
}

void Posts::flush()
{
    for (Batch& batch : batches_) {
        flush(batch);
    }
}

void Posts::touch(pv::Sink& sink)
{
    const auto found = index_.find(&sink);
    if (found != index_.end()) {
        batches_[found->second].told = true;
    } else if (std::ranges::find(touched_, &sink) == touched_.end()) {
        touched_.push_back(&sink);
    }
}

void Posts::settle()
{
    flush();
    // A sink may call back from settled(), so nothing is held across a call.
    for (std::size_t i = 0; i < batches_.size(); ++i) {
        if (std::exchange(batches_[i].told, false) && batches_[i].sink != nullptr) {
            batches_[i].sink->settled();
        }
    }
    for (pv::Sink* sink : std::exchange(touched_, {})) {
        sink->settled();
    }
}

} // namespace iochron::db
