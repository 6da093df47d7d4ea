#include "reactor/timer.h"

#include "reactor/shard.h"

#include <cassert>
#include <utility>

namespace iochron::reactor {

Timer::Timer(Shard& shard) : queue_(&shard.timers()), entry_(std::make_unique<TimerQueue::Entry>()) {}

Timer& Timer::operator=(Timer&& other) noexcept
{
    if (this != &other) {
        drop();
        queue_ = other.queue_;
        entry_ = std::move(other.entry_);
    }
    return *this;
}

Timer::~Timer()
{
    drop();
}

void Timer::drop()
{
    if (entry_) {
        queue_->forget(*entry_);
        entry_.reset();
    }
}

void Timer::at(base::Steady when, Task call)
{
    entry_->call = std::move(call);
    at(when);
}

void Timer::at(base::Steady when)
{
    queue_->arm(*entry_, when);
}

void Timer::cancel()
{
    queue_->disarm(*entry_);
}

} // namespace iochron::reactor
