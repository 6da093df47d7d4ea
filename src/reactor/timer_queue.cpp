#include "reactor/timer_queue.h"

#include <cassert>
#include <utility>

namespace iochron::reactor {
namespace {

bool earlier(const TimerQueue::Entry* a, const TimerQueue::Entry* b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

} // namespace

void TimerQueue::arm(Entry& entry, base::Steady at)
{
    if (at == base::never) {
        disarm(entry);
        return;
    }
    entry.order = order_++;
    entry.at = at;
    if (entry.place == not_armed) {
        entry.place = heap_.size();
        heap_.push_back(&entry);
    }
    rise(entry.place);
    sink(entry.place);
}

void TimerQueue::disarm(Entry& entry)
{
    if (entry.place == not_armed) {
        return;
    }
    const std::size_t place = std::exchange(entry.place, not_armed);
    Entry* const last = heap_.back();
    heap_.pop_back();
    entry.at = base::never;
    if (last != &entry) {
        put(place, last);
        rise(place);
        sink(last->place);
    }
}

void TimerQueue::forget(Entry& entry)
{
    disarm(entry);
    if (firing_ == &entry) {
        firing_ = nullptr;
    }
}

bool TimerQueue::fire_one(base::Steady now, std::uint64_t order)
{
    if (heap_.empty() || heap_.front()->at > now || heap_.front()->order >= order) {
        return false;
    }
    Entry& entry = *heap_.front();
    disarm(entry);
    firing_ = &entry;
    Task call = std::move(entry.call);
    entry.call = nullptr;
    call();
    if (firing_ == &entry && !entry.call) { // neither destroyed nor given another call meanwhile
        entry.call = std::move(call);
    }
    firing_ = nullptr;
    return true;
}

void TimerQueue::put(std::size_t place, Entry* entry)
{
    heap_[place] = entry;
    entry->place = place;
}

void TimerQueue::rise(std::size_t place)
{
    Entry* const entry = heap_[place];
    while (place > 0) {
        const std::size_t parent = (place - 1) / 2;
        if (!earlier(entry, heap_[parent])) {
            break;
        }
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, entry);
}

void TimerQueue::sink(std::size_t place)
{
    Entry* const entry = heap_[place];
    for (;;) {
        std::size_t child = 2 * place + 1;
        if (child >= heap_.size()) {
            break;
        }
        if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) {
            ++child;
        }
        if (!earlier(heap_[child], entry)) {
            break;
        }
        put(place, heap_[child]);
        place = child;
    }
    put(place, entry);
}

} // namespace iochron::reactor
