// Any text either makes a program, which then gives a value, or an error inside the text.
#include "calc/program.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace iochron::calc;
    const std::string_view expression(reinterpret_cast<const char*>(data), size);
    const auto program = Program::compile(expression);
    if (!program) {
        const CompileError& error = program.error();
        if (error.column > size || error.what.empty() || error.text(expression).empty()) {
            std::abort();
        }
        return 0;
    }
    if (program->args_size() > max_args) {
        std::abort();
    }
    Random random;
    for (const double seed : {0.0, 1.5, -3e9, 4294967301.0, std::numeric_limits<double>::quiet_NaN()}) {
        std::array<double, max_args> args{};
        for (std::size_t i = 0; i < args.size(); ++i) {
            args[i] = seed * static_cast<double>(i + 1) - static_cast<double>(i);
        }
        // Exactly as many as it asks for, so that the sanitizers see one too many.
        std::vector<double> given(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(program->args_size()));
        static_cast<void>(program->evaluate(given, seed, random));
    }
    return 0;
}
