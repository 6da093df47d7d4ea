// Macro definitions and their expansion. The first line of the input defines, the rest is expanded: as a text, and each
// line as one of a .db file.
#include "db/load/expander.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace iochron;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t first = std::min(input.find('\n'), input.size());
    const std::string_view text = input.substr(std::min(first + 1, input.size()));
    base::Limits limits;
    limits.macro_bytes = 4096;
    const std::string file = "fuzz.db";
    try {
        const db::load::Macros macros(input.substr(0, first));
        db::load::Expander expander(macros, limits);
        db::load::ExpandedLine line;
        expander.expand_line(text, {&file, 1, 1}, line);
        for (std::size_t i = 0; i < line.text.size(); ++i) {
            if (line.column(i) == 0 || line.column(i) > text.size()) {
                std::abort(); // a byte that was written nowhere
            }
        }
        if (expander.expand(text, {&file, 1, 1}).size() > limits.macro_bytes + 2 * text.size() * limits.macro_depth) {
            std::abort(); // grown past its bound
        }
    } catch (const base::Problem&) { // what most inputs deserve
    }
    return 0;
}
