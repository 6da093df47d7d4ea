#include "calc/program.h"
#include "calc/program_cache.h"

#include <benchmark/benchmark.h>

#include <array>

namespace {

using namespace iochron::calc;

void evaluate(benchmark::State& state, const char* expression)
{
    const auto program = Program::compile(expression).value();
    std::array<double, max_args> args{1, 2, 3, 4, 5};
    Random random;
    double value = 0;
    for (auto _ : state) {
        args[0] = value = program.evaluate(args, value, random);
        benchmark::DoNotOptimize(value);
    }
}
BENCHMARK_CAPTURE(evaluate, a_plus_1, "A+1");
BENCHMARK_CAPTURE(evaluate, five_operands, "(A+B*C-D)/E");
BENCHMARK_CAPTURE(evaluate, condition, "A<360?A+1:0");
BENCHMARK_CAPTURE(evaluate, sine, "SIN(A*D2R)");

void compile(benchmark::State& state, const char* expression)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(Program::compile(expression));
    }
}
BENCHMARK_CAPTURE(compile, a_plus_1, "A+1");
BENCHMARK_CAPTURE(compile, five_operands, "(A+B*C-D)/E");

void cached(benchmark::State& state)
{
    ProgramCache cache;
    const auto kept = cache.get("A+1");
    for (auto _ : state) {
        benchmark::DoNotOptimize(cache.get("A+1"));
    }
}
BENCHMARK(cached);

} // namespace
