#include "ioc/ticker.h"

#include <utility>

namespace iochron::ioc {

Ticker::Ticker(reactor::Shard& shard, reactor::Executor& user, base::Duration period, std::function<void()> call,
               Counts counts)
    : shard_(shard), user_(user), period_(period), call_(std::make_shared<std::function<void()>>(std::move(call))),
      counts_(counts), timer_(shard), self_(std::make_shared<Ticker*>(this))
{}

Ticker::~Ticker()
{
    *self_ = nullptr;
}

void Ticker::start(base::Steady now)
{
    next_ = now;
    arm(now);
}

void Ticker::resume(base::Steady now)
{
    arm(now);
}

void Ticker::arm(base::Steady now)
{
    next_ += period_;
    if (next_ <= now) { // whole periods have passed
        const auto missed = (now - next_) / period_ + 1;
        counts_.skipped.add(static_cast<std::uint64_t>(missed));
        next_ += missed * period_;
    }
    timer_.at(next_, [this] { tick(); });
}

void Ticker::tick()
{
    if (running_) {
        (held_back_ ? counts_.skipped : counts_.late).add();
        held_back_ = true;
    } else {
        run();
    }
    arm(shard_.now());
}

void Ticker::run()
{
    running_ = true;
    user_.submit([call = call_, self = self_, &shard = shard_] {
        struct Finally {
            reactor::Shard& shard;
            std::shared_ptr<Ticker*> self;
            ~Finally()
            {
                shard.post([self = std::move(self)] {
                    if (*self != nullptr) {
                        (*self)->done();
                    }
                });
            }
        };
        const Finally finally{shard, self};
        (*call)();
    });
}

void Ticker::done()
{
    running_ = false;
    if (std::exchange(held_back_, false)) {
        run();
    }
}

} // namespace iochron::ioc
