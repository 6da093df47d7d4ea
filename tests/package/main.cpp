// Built against the installed package, so it fails where a header or a library was left out.
#include "base/problem.h"
#include "calc/program.h"
#include "pv/source.h"
#include "reactor/shard.h"

#include <array>

int main()
{
    const auto program = iochron::calc::Program::compile("A+1");
    iochron::calc::Random random;
    std::array<double, iochron::calc::max_args> args{2};
    const iochron::reactor::ShardSettings settings;
    return program && program->evaluate(args, 0, random) == 3 && settings.cpu == -1 ? 0 : 1;
}
