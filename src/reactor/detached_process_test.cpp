#include "reactor/detached_process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using iochron::reactor::DetachedProcess;

TEST(DetachedProcessTest, RunsInASessionOfItsOwn)
{
    const auto file = std::filesystem::temp_directory_path() / ("detached_" + std::to_string(::getpid()));
    const std::string script =
        "cut -d' ' -f6 /proc/self/stat > " + file.string() + ".part; mv " + file.string() + ".part " + file.string();
    DetachedProcess process;
    ASSERT_EQ(process.start({"sh", "-c", script}), "");
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!std::filesystem::exists(file) && std::chrono::steady_clock::now() < latest) {
        std::this_thread::yield();
    }
    long session = 0;
    std::ifstream(file) >> session;
    EXPECT_NE(session, 0);
    EXPECT_NE(session, ::getsid(0));
    std::filesystem::remove(file);
}

TEST(DetachedProcessTest, SaysWhatIsNotThere)
{
    DetachedProcess process;
    EXPECT_EQ(process.start({"no-such-program-anywhere", "x"}), "no-such-program-anywhere: No such file or directory");
}
