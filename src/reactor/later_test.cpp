#include "reactor/later.h"

#include "reactor/detached.h"

#include <gtest/gtest.h>

#include <string>

namespace iochron::reactor {
namespace {

Detached note(Later<int> later, std::string& notes)
{
    notes += "asks ";
    notes += std::to_string(co_await later);
}

TEST(LaterTest, ACoroutineGoesOnOnTheExecutor)
{
    Executor executor([](std::exception_ptr) {});
    LaterValue<int> value(executor);
    std::string notes;
    note(value.later(), notes);
    EXPECT_EQ(notes, "asks ");
    value.set(7);
    EXPECT_EQ(notes, "asks ") << "not within set()";
    EXPECT_EQ(executor.poll(), 1u);
    EXPECT_EQ(notes, "asks 7");
}

TEST(LaterTest, AValueThatIsThereDoesNotWait)
{
    Executor executor([](std::exception_ptr) {});
    std::string notes;
    note(ready(executor, 3), notes);
    EXPECT_EQ(notes, "asks 3");
    EXPECT_EQ(executor.poll(), 0u);
    EXPECT_EQ(ready(executor, 4).get(), 4);
}

TEST(LaterTest, SetAndAskedForAtOnceLosesNeither)
{
    Executor executor([](std::exception_ptr) {});
    executor.start();
    for (int i = 0; i < 2'000; ++i) {
        LaterValue<int> value(executor);
        std::promise<int> seen;
        std::future<int> future = seen.get_future();
        std::jthread setter([&] { value.set(i); });
        [](Later<int> later, std::promise<int>& to) -> Detached {
            const int got = co_await later;
            to.set_value(got);
        }(value.later(), seen);
        ASSERT_EQ(future.get(), i);
    }
}

} // namespace
} // namespace iochron::reactor
