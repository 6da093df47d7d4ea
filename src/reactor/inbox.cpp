#include "reactor/inbox.h"

#include <utility>

namespace iochron::reactor {

Letters::~Letters()
{
    while (!empty()) {
        (void)take_first();
    }
}

std::unique_ptr<Letter> Letters::take_first()
{
    Letter* const letter = std::exchange(first_, first_->next_);
    return std::unique_ptr<Letter>(letter);
}

Inbox::~Inbox()
{
    Letters undelivered;
    take(undelivered);
}

bool Inbox::push(std::unique_ptr<Letter> letter)
{
    Letter* const added = letter.release();
    added->next_ = newest_.load(std::memory_order_relaxed);
    while (!newest_.compare_exchange_weak(added->next_, added)) {
    }
    // Sequentially consistent on both sides: either this sees that the reader sleeps, or sleep() sees the letter.
    return asleep_.load() && asleep_.exchange(false);
}

void Inbox::take(Letters& letters)
{
    if (empty()) {
        return;
    }
    Letter* newest = newest_.exchange(nullptr, std::memory_order_acquire);
    while (newest != nullptr) {
        Letter* const older = std::exchange(newest->next_, letters.first_);
        letters.first_ = std::exchange(newest, older);
    }
}

bool Inbox::sleep()
{
    asleep_.store(true);
    if (newest_.load() == nullptr) {
        return true;
    }
    awake();
    return false;
}

void Inbox::awake()
{
    asleep_.store(false, std::memory_order_relaxed);
}

} // namespace iochron::reactor
