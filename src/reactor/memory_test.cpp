#include "reactor/memory.h"

#include <gtest/gtest.h>

#include <limits>

namespace iochron::reactor {
namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

TEST(Memory, ABoundOfAControlGroupIsANumberOfBytes)
{
    EXPECT_EQ(memory_bound("536870912\n"), 536'870'912u);
    EXPECT_EQ(memory_bound("4096"), 4096u);
}

TEST(Memory, WhatIsNoNumberBoundsNothing)
{
    EXPECT_EQ(memory_bound("max\n"), unbounded);
    EXPECT_EQ(memory_bound(""), unbounded);
    EXPECT_EQ(memory_bound("12 MB"), unbounded);
    EXPECT_EQ(memory_bound("99999999999999999999999\n"), unbounded);
    EXPECT_EQ(memory_bound("0\n"), unbounded);
}

TEST(Memory, TheMachineHasSome)
{
    EXPECT_GT(memory_bytes(), 1u << 20);
    EXPECT_LT(memory_bytes(), unbounded);
}

} // namespace
} // namespace iochron::reactor
