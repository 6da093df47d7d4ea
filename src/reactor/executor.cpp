#include "reactor/executor.h"

#include <cassert>
#include <iterator>
#include <utility>

#include <pthread.h>

namespace iochron::reactor {

Executor::Executor(Failed failed) : failed_(std::move(failed)) {}

Executor::~Executor()
{
    stop();
}

void Executor::submit(Task task)
{
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(task));
    }
    came_.notify_one();
}

void Executor::submit(std::vector<Task> tasks)
{
    {
        const std::lock_guard lock(mutex_);
        waiting_.insert(waiting_.end(), std::move_iterator(tasks.begin()), std::move_iterator(tasks.end()));
    }
    came_.notify_one();
}

void Executor::start()
{
    assert(!thread_.joinable());
    stopped_ = false;
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "callbacks");
        for (;;) {
            std::unique_lock lock(mutex_);
            came_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
            if (stopped_) {
                return;
            }
            std::vector<Task> tasks = std::exchange(waiting_, {});
            lock.unlock();
            run(std::move(tasks));
        }
    });
}

void Executor::stop()
{
    std::vector<Task> never_run;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        never_run = std::exchange(waiting_, {});
    }
    came_.notify_all();
    never_run.clear(); // outside the lock: what they hold may be user code
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::size_t Executor::poll()
{
    return wait(std::chrono::nanoseconds::zero());
}

std::size_t Executor::wait(std::chrono::nanoseconds patience)
{
    std::unique_lock lock(mutex_);
    if (patience > std::chrono::nanoseconds::zero()) {
        came_.wait_for(lock, patience, [this] { return stopped_ || !waiting_.empty(); });
    }
    std::vector<Task> tasks = std::exchange(waiting_, {});
    lock.unlock();
    return run(std::move(tasks));
}

std::size_t Executor::run(std::vector<Task> tasks)
{
    std::size_t count = 0;
    for (Task& task : tasks) {
        if (const std::lock_guard lock(mutex_); stopped_) {
            break;
        }
        try {
            task();
        } catch (...) {
            failed_(std::current_exception());
        }
        task = nullptr; // what it holds is released in order, and before the next one runs
        ++count;
    }
    return count;
}

} // namespace iochron::reactor
