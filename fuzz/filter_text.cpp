// What a name has behind its field: read, or refused with words and a place in it.
#include "db/filter_text.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace iochron;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto specs = db::parse_filters(text);
    if (!specs && (specs.error().what.empty() || specs.error().offset > size)) {
        std::abort();
    }
    const auto [name, rest] = db::split_filters(text);
    if (name.size() + rest.size() != size) {
        std::abort();
    }
    return 0;
}
