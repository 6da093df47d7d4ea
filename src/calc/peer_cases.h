#pragma once

#include "calc/program.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <span>

// For the tests that compare with Base: the results of EPICS Base 7.0.10 on x86-64 with the GNU C library. The numbers
// are Base's, so a difference here is a difference that a user would see.
namespace iochron::calc {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A to U while the results were taken; VAL was 77.
inline constexpr std::array<double, max_args> peer_args{
    3e9, -5.7, nan, inf, 1e20, 4294967301.0, -1e20, -3e9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21};

struct Evaluated {
    const char* expression;
    double value;
};

inline void expect_values(std::span<const Evaluated> cases)
{
    Random random;
    for (const auto& [expression, value] : cases) {
        const auto program = Program::compile(expression);
        ASSERT_TRUE(program) << program.error().text(expression);
        auto args = peer_args;
        const double ours = program->evaluate(args, 77, random);
        if (std::isnan(value)) {
            EXPECT_TRUE(std::isnan(ours)) << expression << " gives " << ours;
        } else {
            EXPECT_DOUBLE_EQ(ours, value) << expression; // libm may differ in the last bit
            EXPECT_EQ(std::signbit(ours), std::signbit(value)) << expression;
        }
    }
}

} // namespace iochron::calc
