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

void Posts::list(Batch& batch)
{
    if (!std::exchange(batch.listed, true)) {
        active_.push_back(static_cast<std::uint16_t>(&batch - batches_.data()));
    }
}

void Posts::make_room(Batch& batch)
{
    if (batch.updates == nullptr) {
        batch.updates = static_cast<pv::Update*>(::operator new(largest * sizeof(pv::Update)));
    }
    flush(batch);
    batch.room = batch.capacity;
    list(batch);
}

void Posts::flush(Batch& batch)
{
    const std::size_t size = std::exchange(batch.size, 0);
    batch.room = 0;
    if (size == 0) {
        return;
    }
    handing_over_ = true;
    const std::size_t cost = std::max<std::size_t>(batch.sink->updates({batch.updates, size}), size);
    handing_over_ = false;
    batch.capacity = std::clamp(cost_per_call * size / cost, smallest, largest);
    cost_ += cost;
    posted_.add(size);
    destroy(batch.updates, size);
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
    for (const std::uint16_t index : active_) {
        flush(batches_[index]);
    }
}

void Posts::touch(pv::Sink& sink)
{
    const auto found = index_.find(&sink);
    if (found != index_.end()) {
        list(batches_[found->second]);
    } else if (std::ranges::find(touched_, &sink) == touched_.end()) {
        touched_.push_back(&sink);
    }
}

void Posts::settle()
{
    flush();
    // A sink may call back from settled(), or end another one's last channel: nothing is held across a call.
    for (const std::uint16_t index : std::exchange(active_, {})) {
        if (std::exchange(batches_[index].listed, false) && batches_[index].sink != nullptr) {
            batches_[index].sink->settled();
        }
    }
    for (pv::Sink* sink : std::exchange(touched_, {})) {
        sink->settled();
    }
}

} // namespace iochron::db
