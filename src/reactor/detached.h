#pragma once

#include <coroutine>
#include <exception>

namespace iochron::reactor {

/// A coroutine that runs by itself, at once: for tests of what can be awaited.
/// Thread: any
struct Detached {
    struct promise_type {
        Detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

} // namespace iochron::reactor
