#include "reactor/poller.h"

// One thread runs the context, and posts from others pass its mutex: fences around each call would only cost time.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/timerfd.h>

namespace iochron::reactor {
namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

struct Poller::Io {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
    Descriptor alarm{context};
    base::Steady alarm_at = base::never;
    bool alarm_watched = false;
    asio::ip::udp::resolver resolver{context};
};

Poller::Poller() : io_(std::make_unique<Io>())
{
    const int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), "a shard cannot have a timer");
    }
    io_->alarm.assign(descriptor);
}

Poller::~Poller() = default;

bool Poller::poll_one()
{
    return io_->context.poll_one() > 0;
}

void Poller::wait_one()
{
    io_->context.run_one();
}

void Poller::wake()
{
    asio::post(io_->context, [] {});
}

void Poller::set_alarm(base::Steady when)
{
    if (when == io_->alarm_at) {
        return;
    }
    io_->alarm_at = when;
    itimerspec spec{};
    if (when != base::never) {
        const auto ns = std::max<std::chrono::nanoseconds::rep>(when.time_since_epoch().count(), 1); // 0 would disarm
        spec.it_value.tv_sec = ns / 1'000'000'000;
        spec.it_value.tv_nsec = ns % 1'000'000'000;
    }
    // Setting it also forgets that it went off before, so it needs no read.
    timerfd_settime(io_->alarm.native_handle(), TFD_TIMER_ABSTIME, &spec, nullptr);
    if (!io_->alarm_watched) {
        io_->alarm_watched = true;
        io_->alarm.async_wait(Descriptor::wait_read, [io = io_.get()](const boost::system::error_code& error) {
            if (!error) {
                io->alarm_watched = false;
                io->alarm_at = base::never;
            }
        });
    }
}

void Poller::look_up(const std::string& host, Found found)
{
    auto answer = [host, found = std::move(found)](const boost::system::error_code& error,
                                                   const asio::ip::udp::resolver::results_type& results) mutable {
        if (error) {
            found(std::unexpected(fmt::format("no address is known for host '{}': {}", host, error.message())));
            return;
        }
        std::vector<base::Ipv4> addresses;
        for (const auto& result : results) {
            addresses.push_back({result.endpoint().address().to_v4().to_uint()});
        }
        found(std::move(addresses));
    };
    io_->resolver.async_resolve(asio::ip::udp::v4(), host, "", std::move(answer));
}

struct Watch::State {
    State(asio::io_context& context, int fd, Task on_readable, Task on_writable)
        : descriptor(context, fd), readable(std::move(on_readable)), writable(std::move(on_writable))
    {}
    Descriptor descriptor;
    Task readable;
    Task writable;
    bool open = true;
    bool reading = false; ///< await_readable() is under way
    bool writing = false;
    bool failing = false;
};

Watch::Watch(Poller& poller, int descriptor, Task readable, Task writable)
    : state_(std::make_shared<State>(poller.io_->context, descriptor, std::move(readable), std::move(writable)))
{}

Watch& Watch::operator=(Watch&& other) noexcept
{
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

void Watch::await_readable()
{
    if (std::exchange(state_->reading, true)) {
        return;
    }
    state_->descriptor.async_wait(Descriptor::wait_read, [state = state_](const boost::system::error_code&) {
        state->reading = false;
        if (state->open) {
            state->readable();
        }
    });
}

void Watch::await_writable()
{
    if (std::exchange(state_->writing, true)) {
        return;
    }
    state_->descriptor.async_wait(Descriptor::wait_write, [state = state_](const boost::system::error_code&) {
        state->writing = false;
        if (state->open) {
            state->writable();
        }
    });
}

void Watch::await_error()
{
    if (std::exchange(state_->failing, true)) {
        return;
    }
    state_->descriptor.async_wait(Descriptor::wait_error, [state = state_](const boost::system::error_code&) {
        state->failing = false;
        if (state->open) {
            state->readable();
        }
    });
}

int Watch::descriptor() const
{
    return state_ ? state_->descriptor.native_handle() : -1;
}

void Watch::close()
{
    if (state_) {
        state_->open = false;
        boost::system::error_code ignored;
        state_->descriptor.close(ignored);
        state_.reset();
    }
}

int Watch::release()
{
    state_->open = false;
    const int descriptor = state_->descriptor.release();
    state_.reset();
    return descriptor;
}

} // namespace iochron::reactor
