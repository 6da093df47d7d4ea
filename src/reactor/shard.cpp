#include "reactor/shard.h"

#include "reactor/poller.h"

#include <algorithm>
#include <cassert>
#include <future>
#include <latch>
#include <utility>

#include <pthread.h>
#include <sched.h>

namespace iochron::reactor {
namespace {

constexpr std::size_t read_buffer_bytes = 256u << 10;

class Posted : public Letter {
  public:
    explicit Posted(Task task) : task_(std::move(task)) {}
    void deliver() override { task_(); }

  private:
    Task task_;
};

void pin(int cpu)
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<std::size_t>(cpu), &cores);
    pthread_setaffinity_np(pthread_self(), sizeof cores, &cores); // best effort: the core may not be ours
}

} // namespace

Shard::Shard(ShardSettings settings)
    : settings_(std::move(settings)), now_(std::chrono::steady_clock::now()), pool_(settings_.kept_blocks),
      poller_(std::make_unique<Poller>()),
      vigil_(std::thread::hardware_concurrency() > 1 ? settings_.vigil : base::Duration::zero())
{}

Shard::~Shard()
{
    stop();
    join();
}

void Shard::run()
{
    run_until(base::never, [] { return false; });
}

bool Shard::run_until(base::Steady latest, const std::function<bool()>& done)
{
    assert(inside());
    runner_ = std::this_thread::get_id();
    refresh();
    bool is_done = done();
    while (!is_done && now_ < latest && !(stop_ && stop_.exchange(false))) {
        const bool more = turn();
        is_done = done();
        if (!is_done && !more) {
            sleep(latest);
        }
        refresh();
    }
    runner_ = std::thread::id{};
    return is_done;
}

void Shard::start()
{
    assert(!thread_.joinable());
    std::latch running(1); // from here on inside() is true on the new thread alone
    thread_ = std::thread([this, &running] {
        runner_ = std::this_thread::get_id();
        running.count_down();
        pthread_setname_np(pthread_self(), settings_.name.substr(0, 15).c_str());
        if (settings_.cpu >= 0) {
            pin(settings_.cpu);
        }
        run();
    });
    running.wait();
}

void Shard::stop()
{
    stop_ = true;
    poller_->wake();
}

void Shard::join()
{
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool Shard::inside() const
{
    const std::thread::id runner = runner_.load(std::memory_order_relaxed);
    return runner == std::thread::id{} || runner == std::this_thread::get_id();
}

void Shard::post(Task task)
{
    deliver(std::make_unique<Posted>(std::move(task)));
}

void Shard::call(const std::function<void()>& use)
{
    if (inside()) {
        use();
        return;
    }
    // Shared, since the shard may still be inside set_value() when the answer is here.
    const auto done = std::make_shared<std::promise<void>>();
    post([&use, done] {
        try {
            use();
            done->set_value();
        } catch (...) {
            done->set_exception(std::current_exception());
        }
    });
    done->get_future().get();
}

void Shard::deliver(std::unique_ptr<Letter> letter)
{
    if (inbox_.push(std::move(letter))) {
        poller_->wake();
    }
}

void Shard::add(Work& work)
{
    assert(inside());
    jobs_.push_back({&work});
}

void Shard::remove(Work& work)
{
    assert(inside());
    for (Job& job : jobs_) {
        if (job.work == &work) {
            job.work = nullptr; // erased in the next turn: this may be in the middle of its slice
        }
    }
}

std::span<std::byte> Shard::read_buffer()
{
    if (!read_buffer_) {
        read_buffer_ = std::make_unique_for_overwrite<std::byte[]>(read_buffer_bytes);
    }
    return {read_buffer_.get(), read_buffer_bytes};
}

/// True when a Work has more to do at once.
bool Shard::turn()
{
    deliver_letters();
    fire_timers();
    poll_sockets();
    const bool more = run_slice();
    if (!more || now_ - settings_.tail_delay >= touched_.oldest_tail()) {
        end_pass();
    }
    settle();
    return more;
}

void Shard::deliver_letters()
{
    const base::Steady until = now_ + settings_.turn;
    if (letters_.empty()) {
        inbox_.take(letters_);
    }
    while (!letters_.empty() && now_ < until) {
        letters_.take_first()->deliver();
        refresh();
    }
}

void Shard::fire_timers()
{
    const base::Steady until = now_ + settings_.turn;
    const std::uint64_t order = timers_.order();
    while (now_ < until && timers_.fire_one(now_, order)) {
        refresh();
    }
}

void Shard::poll_sockets()
{
    const base::Steady until = now_ + settings_.turn;
    while (now_ < until && poller_->poll_one()) {
        refresh();
    }
}

/// A Work that has had its slice queues behind all that became due before, so that two with much to do take turns.
base::Steady Shard::due(const Job& job) const
{
    return job.more ? job.last : std::max(job.work->next_deadline(), job.last);
}

Shard::Job* Shard::most_urgent()
{
    std::erase_if(jobs_, [](const Job& job) { return job.work == nullptr; });
    Job* first = nullptr;
    base::Steady earliest = base::never;
    for (Job& job : jobs_) {
        if (const base::Steady at = due(job); at < earliest) {
            earliest = at;
            first = &job;
        }
    }
    return first != nullptr && earliest <= now_ ? first : nullptr;
}

bool Shard::run_slice()
{
    Job* const job = most_urgent();
    if (job == nullptr) {
        return false;
    }
    const std::size_t index = static_cast<std::size_t>(job - jobs_.data());
    slicing_ = true;
    const bool more = job->work->advance(now_);
    slicing_ = false;
    refresh();
    jobs_[index].more = more; // the table may have moved meanwhile
    jobs_[index].last = now_;
    if (!more) {
        end_pass();
    }
    return most_urgent() != nullptr;
}

void Shard::settle()
{
    const base::Steady until = now_ + settings_.turn;
    touched_.begin();
    while (now_ < until) {
        Touched* const thing = touched_.next();
        if (thing == nullptr) {
            break;
        }
        thing->settle(now_);
        refresh();
    }
}

/// When there is something to do at the latest.
base::Steady Shard::wanted(base::Steady latest) const
{
    base::Steady until = std::min(latest, timers_.next());
    for (const Job& job : jobs_) {
        if (job.work != nullptr) {
            until = std::min(until, due(job));
        }
    }
    return until;
}

void Shard::sleep(base::Steady latest)
{
    if (!letters_.empty() || !touched_.empty() || stop_) {
        return;
    }
    const base::Steady until = wanted(latest);
    if (until <= now_ || stay_awake(until)) {
        return;
    }
    poller_->set_alarm(until);
    if (inbox_.sleep()) {
        poller_->wait_one();
        inbox_.awake();
    }
}

/// True when something has come meanwhile.
bool Shard::stay_awake(base::Steady until)
{
    const base::Duration patience = vigil_.begin();
    if (patience == base::Duration::zero()) {
        return false;
    }
    until = std::min(until, now_ + patience);
    bool something = false;
    while (!something && now_ < until) {
        something = poller_->poll_one() || !inbox_.empty();
        refresh();
    }
    vigil_.ended(!something);
    return something;
}

} // namespace iochron::reactor
