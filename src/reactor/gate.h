#pragma once

#include <mutex>
#include <utility>

namespace iochron::reactor {

/// The way to something for threads that may outlive it: they hold the gate, which its owner closes.
/// Thread: any
template <class T>
class Gate {
  public:
    explicit Gate(T& to) : to_(&to) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// Calls use(T&), unless the gate is closed; close() waits meanwhile. It must be short, and not close the gate.
    template <class F>
    bool with(F&& use)
    {
        const std::lock_guard lock(mutex_);
        if (to_ != nullptr) {
            std::forward<F>(use)(*to_);
        }
        return to_ != nullptr;
    }
    void close()
    {
        const std::lock_guard lock(mutex_);
        to_ = nullptr;
    }

  private:
    std::mutex mutex_;
    T* to_;
};

} // namespace iochron::reactor
