#include "calc/program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace iochron::calc {
namespace {

using Args = std::vector<double>;

double value_of(std::string_view expression, Args args = {6, 3, 2, 1, 0}, double value = 0)
{
    const auto program = Program::compile(expression);
    if (!program) {
        ADD_FAILURE() << program.error().text(expression);
        return std::numeric_limits<double>::quiet_NaN();
    }
    args.resize(std::max(args.size(), program->args_size()));
    Random random;
    return program->evaluate(args, value, random);
}

void expect_values(std::initializer_list<std::pair<const char*, double>> cases)
{
    for (const auto& [expression, value] : cases) {
        EXPECT_DOUBLE_EQ(value_of(expression), value) << expression;
    }
}

TEST(Program, Operators)
{
    expect_values({{"A+B", 9},    {"A-B", 3},     {"A*B", 18},   {"A/B", 2},      {"A%4", 2},     {"A**C", 36},
                   {"A^C", 36},   {"A=6", 1},     {"A==B", 0},   {"A!=B", 1},     {"A#A", 0},     {"A<B", 0},
                   {"A<=6", 1},   {"A>B", 1},     {"A>=7", 0},   {"A&B", 2},      {"A AND B", 2}, {"A|B", 7},
                   {"A OR B", 7}, {"A XOR B", 5}, {"A&&E", 0},   {"A&&B", 1},     {"E||B", 1},    {"E||E", 0},
                   {"A<<1", 12},  {"A>>1", 3},    {"-A>>1", -3}, {"-1>>>28", 15}, {"-A", -6},     {"!A", 0},
                   {"!E", 1},     {"~A", -7},     {"NOT A", -7}, {"A?B:C", 3},    {"E?B:C", 2}});
}

TEST(Program, Functions)
{
    expect_values({{"ABS(-A)", 6},        {"SQR(4)", 2},      {"SQRT(9)", 3},         {"EXP(1)", std::exp(1.0)},
                   {"LOG(1000)", 3},      {"LN(EXP(2))", 2},  {"LOGE(1)", 0},         {"SIN(PI/2)", 1},
                   {"COS(0)", 1},         {"TAN(0)", 0},      {"ASIN(1)*2", M_PI},    {"ACOS(1)", 0},
                   {"ATAN(1)*4", M_PI},   {"ATAN2(1,0)", 0},  {"ATAN2(0,1)*2", M_PI}, {"SINH(0)", 0},
                   {"COSH(0)", 1},        {"TANH(0)", 0},     {"CEIL(1.1)", 2},       {"FLOOR(-1.1)", -2},
                   {"NINT(2.5)", 3},      {"NINT(-2.5)", -3}, {"FMOD(7.5,2)", 1.5},   {"MIN(A,B,C)", 2},
                   {"MAX(A,B,C)", 6},     {"MAX(B)", 3},      {"FINITE(A,B)", 1},     {"FINITE(A,INF)", 0},
                   {"ISNAN(A,NAN,B)", 1}, {"ISNAN(A)", 0},    {"ISINF(INF)", 1},      {"ISINF(-INF)", -1},
                   {"ISINF(NAN)", 0},     {"D2R*180", M_PI},  {"R2D*PI", 180}});
}

TEST(Program, Precedence)
{
    expect_values({{"1|2&4", 1},        {"1||0&&0", 1},   {"2&3=3", 0},     {"1<<2+1", 8},  {"1+2*3", 7},
                   {"2*3^2", 18},       {"-2^2", 4},      {"2^3^2", 64},    {"8/4/2", 1},   {"8-4-2", 2},
                   {"!1=0", 1},         {"~1+1", -1},     {"SIN 0+1", 1},   {"1<2<3", 1},   {"8>>1<<1", 8},
                   {"1?2:3+4", 2},      {"0?1:0?2:3", 3}, {"1?0?1:2:3", 2}, {"1+1?2:3", 2}, {"(1?2:3)+4", 6},
                   {"1 OR 1 XOR 1", 0}, {"7%4*2", 6},     {"2*7%4", 2},     {"--1", 1},     {"!!5", 1}});
}

TEST(Program, WordsInAnyCaseAndSpacing)
{
    expect_values({{"a + B", 9}, {" Max ( a ,\tb ) ", 6}, {"a And b", 2}, {"pI-Pi", 0}, {"3Xor1", 2}});
}

TEST(Program, ModuloNeverTraps)
{
    EXPECT_TRUE(std::isnan(value_of("5%0")));
    EXPECT_TRUE(std::isnan(value_of("5%0.9")));
    EXPECT_EQ(value_of("(-2147483648)%(-1)"), 0); // Base's process dies here
    EXPECT_EQ(value_of("NAN%-1"), 0);
}

TEST(Program, ExtremesGiveNotANumberWhereverItStands)
{
    for (const char* expression : {"MAX(NAN,1,2)", "MAX(1,NAN,2)", "MAX(1,2,NAN)", "MIN(NAN,1)", "MIN(1,NAN)"}) {
        EXPECT_TRUE(std::isnan(value_of(expression))) << expression;
    }
}

TEST(Program, AssignmentsWriteTheArguments)
{
    const auto program = Program::compile("A:=A+1;B:=A*2;A+B").value();
    Args args{1, 0};
    Random random;
    EXPECT_EQ(program.evaluate(args, 0, random), 6);
    EXPECT_EQ(args, (Args{2, 4}));
    EXPECT_EQ(program.evaluate(args, 0, random), 9);
    EXPECT_EQ(args, (Args{3, 6}));
}

TEST(Program, TheValueMayStandBeforeAnAssignment)
{
    const auto program = Program::compile("B; B:=A").value();
    Args args{1, 5};
    Random random;
    EXPECT_EQ(program.evaluate(args, 0, random), 5);
    EXPECT_EQ(program.evaluate(args, 0, random), 1);
}

TEST(Program, OneBranchOnlyIsEvaluated)
{
    Random random;
    Random untouched;
    Args args{0};
    EXPECT_EQ(Program::compile("A?RNDM:5").value().evaluate(args, 0, random), 5);
    EXPECT_EQ(random.next(), untouched.next());
}

TEST(Program, ValIsTheResultBefore)
{
    EXPECT_EQ(value_of("VAL+1", {}, 41), 42);
}

TEST(Program, RandomNumbersComeFromTheObjectGiven)
{
    Random random(5);
    Random same(5);
    const auto program = Program::compile("RNDM").value();
    EXPECT_EQ(program.evaluate({}, 0, random), same.next());
    EXPECT_EQ(program.evaluate({}, 0, random), same.next());
}

TEST(Program, TellsWhichArgumentsItUses)
{
    struct Case {
        const char* expression;
        std::uint32_t used;
        std::uint32_t stored;
        std::size_t size;
    };
    const Case cases[] = {
        {"1", 0, 0, 0},      {"A", 1, 0, 1},      {"U", 1u << 20, 0, 21}, {"A+C", 5, 0, 3},        {"B:=A;B", 1, 2, 2},
        {"B;B:=A", 3, 2, 2}, {"D:=1;2", 0, 8, 4}, {"A:=A+1;A", 1, 1, 1},  {"MAX(1,2,3)", 0, 0, 0}, {"A?B:C", 7, 0, 3},
    };
    for (const auto& [expression, used, stored, size] : cases) {
        const auto program = Program::compile(expression).value();
        EXPECT_EQ(program.used_args(), used) << expression;
        EXPECT_EQ(program.stored_args(), stored) << expression;
        EXPECT_EQ(program.args_size(), size) << expression;
    }
}

TEST(Program, OddGroupingThatBaseTakes)
{
    expect_values({{"(1?2):3", 2},
                   {"0?(2:3)", 3},
                   {"ATAN2((1,0))", 0},
                   {"(A):=4;A", 4},
                   {"E?B:=A:C;B", 2},
                   {"MAX 5", 5},
                   {"A:=(1,2)", 1},
                   {"0XOR1", 1}});
}

TEST(Program, SeventyNineValuesFit)
{
    std::string expression;
    for (int i = 1; i < 79; ++i) {
        expression += std::to_string(i) + "+(";
    }
    expression += "79" + std::string(78, ')');
    EXPECT_EQ(value_of(expression), 79 * 80 / 2);

    std::string arguments = "1";
    for (int i = 2; i <= 79; ++i) {
        arguments += "," + std::to_string(i);
    }
    EXPECT_EQ(value_of("MAX(" + arguments + ")"), 79);
}

TEST(Program, NestsAsDeepAsTheTextIsLong)
{
    EXPECT_EQ(value_of(std::string(2'047, '(') + "A" + std::string(2'047, ')'), {7}), 7);
    EXPECT_EQ(value_of(std::string(4'094, '-') + "A", {7}), 7);
}

/// A number or a letter on the right is fused with its operator; in parentheses with a condition it is not.
TEST(Program, FusedOperatorsGiveTheSameBits)
{
    const double inf = std::numeric_limits<double>::infinity();
    for (const double a : {0.0, -0.0, 1.5, -1e308, inf, -inf}) {
        for (const double b : {0.0, -0.0, 0.1, 1e308, inf, -inf}) {
            for (const std::string op : {"+", "-", "*", "/"}) {
                const std::string literal = (std::signbit(b) ? "-" : "") + std::string(std::isinf(b) ? "INF"
                                                                                       : b == 0      ? "0"
                                                                                       : b < 1       ? "0.1"
                                                                                                     : "1e308");
                const double plain = value_of("A" + op + "(1?B:B)", {a, b});
                for (const std::string& right : {std::string("B"), literal}) {
                    const double fused = value_of("A" + op + right, {a, b});
                    EXPECT_TRUE(std::bit_cast<std::uint64_t>(fused) == std::bit_cast<std::uint64_t>(plain) ||
                                (std::isnan(fused) && std::isnan(plain)))
                        << a << op << right;
                }
            }
        }
    }
}

} // namespace
} // namespace iochron::calc
