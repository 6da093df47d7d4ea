#include "reactor/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

namespace iochron::reactor {
namespace {

std::string words(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        return e.what();
    }
}

TEST(Executor, RunsTasksInOrderOnItsOwnThread)
{
    std::vector<int> order;
    std::atomic<bool> done = false;
    std::thread::id runner;
    Executor executor([](const std::exception_ptr&) { FAIL(); });
    executor.submit([&] { order.push_back(0); }); // before the start, too
    executor.start();
    std::vector<Task> batch;
    for (int i = 1; i < 100; ++i) {
        batch.emplace_back([&order, i] { order.push_back(i); });
    }
    executor.submit(std::move(batch));
    executor.submit([&] {
        runner = std::this_thread::get_id();
        done = true;
        done.notify_all();
    });
    done.wait(false);
    EXPECT_EQ(order.size(), 100u);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_NE(runner, std::this_thread::get_id());
}

TEST(Executor, RunsInTheCallersLoop)
{
    int ran = 0;
    Executor executor([](const std::exception_ptr&) {});
    EXPECT_EQ(executor.poll(), 0u);
    executor.submit([&] {
        ++ran;
        executor.submit([&] { ++ran; }); // goes into the next batch
    });
    EXPECT_EQ(executor.wait(std::chrono::seconds(30)), 1u);
    EXPECT_EQ(ran, 1);
    EXPECT_EQ(executor.poll(), 1u);
    EXPECT_EQ(ran, 2);
}

TEST(Executor, HandsOverWhatATaskThrowsAndGoesOn)
{
    std::vector<std::string> thrown;
    bool next = false;
    Executor executor([&](const std::exception_ptr& e) { thrown.push_back(words(e)); });
    executor.submit([] { throw std::runtime_error("user code"); });
    executor.submit([&] { next = true; });
    EXPECT_EQ(executor.poll(), 2u);
    EXPECT_EQ(thrown, std::vector<std::string>{"user code"});
    EXPECT_TRUE(next);
}

TEST(Executor, StopFinishesTheTaskUnderWayAndDropsTheRest)
{
    std::atomic<bool> started = false;
    std::atomic<bool> may_end = false;
    std::atomic<bool> ended = false;
    std::atomic<int> after = 0;
    const auto held = std::make_shared<int>();
    Executor executor([](const std::exception_ptr&) {});
    executor.submit([&] {
        started = true;
        started.notify_all();
        may_end.wait(false);
        ended = true;
    });
    executor.submit([&, held] { ++after; });
    executor.start();
    started.wait(false);
    executor.submit([&, held] { ++after; });
    std::thread stopper([&] { executor.stop(); });
    while (held.use_count() > 2) { // until stop() has dropped what came later
        std::this_thread::yield();
    }
    may_end = true;
    may_end.notify_all();
    stopper.join();
    EXPECT_TRUE(ended);
    EXPECT_EQ(after, 0);
    EXPECT_EQ(held.use_count(), 1);
}

} // namespace
} // namespace iochron::reactor
