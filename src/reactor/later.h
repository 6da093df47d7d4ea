#pragma once

#include "reactor/executor.h"

#include <chrono>
#include <coroutine>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

namespace iochron::reactor {

/// A value that comes later: to wait for (get()), or to `co_await` in a coroutine of any kind, which then goes on on
/// the executor's thread, or at once where the value is there already. One may ask for it, once.
/// Thread: any
template <class T>
class [[nodiscard]] Later {
  public:
    Later() = default;

    /// Waits. Not on the thread that has to make the value.
    T get() { return future_.get(); }
    template <class Rep, class Period>
    [[nodiscard]] std::future_status wait_for(std::chrono::duration<Rep, Period> patience) const
    {
        return future_.wait_for(patience);
    }

    [[nodiscard]] bool await_ready() const { return wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
    bool await_suspend(std::coroutine_handle<> waiting)
    {
        const std::lock_guard lock(state_->mutex);
        state_->waiting = waiting;
        return !state_->set;
    }
    T await_resume() { return future_.get(); }

  private:
    template <class>
    friend class LaterValue;
    struct State {
        explicit State(Executor& resumes) : executor(resumes) {}
        Executor& executor;
        std::promise<T> promise;
        std::mutex mutex; ///< of those below
        bool set = false;
        std::coroutine_handle<> waiting;
    };
    explicit Later(std::shared_ptr<State> state) : state_(std::move(state)), future_(state_->promise.get_future()) {}

    std::shared_ptr<State> state_;
    std::future<T> future_;
};

/// The other end of a Later.
/// Thread: any (distinct objects)
template <class T>
class LaterValue {
  public:
    /// The executor must take tasks as long as somebody may wait.
    explicit LaterValue(Executor& resumes) : state_(std::make_shared<typename Later<T>::State>(resumes)) {}
    LaterValue(LaterValue&& other) noexcept = default;
    LaterValue& operator=(LaterValue&& other) = delete;
    /// Where no value was given, who asks gets a std::future_error, as of a broken promise.
    ~LaterValue()
    {
        if (state_ != nullptr && !given_) {
            std::promise<T>().swap(state_->promise);
            resume();
        }
    }

    /// Once.
    Later<T> later() { return Later<T>(state_); }
    /// Once.
    void set(T value)
    {
        given_ = true;
        state_->promise.set_value(std::move(value));
        resume();
    }

  private:
    void resume()
    {
        std::coroutine_handle<> waiting;
        {
            const std::lock_guard lock(state_->mutex);
            state_->set = true;
            waiting = state_->waiting;
        }
        if (waiting) {
            state_->executor.submit([waiting] { waiting.resume(); });
        }
    }

    std::shared_ptr<typename Later<T>::State> state_;
    bool given_ = false;
};

/// One that is there already.
template <class T>
Later<T> ready(Executor& resumes, T value)
{
    LaterValue<T> given(resumes);
    Later<T> later = given.later();
    given.set(std::move(value));
    return later;
}

} // namespace iochron::reactor
