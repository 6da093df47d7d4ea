// What a name has behind its field: read, or refused with words and a place in it; and an update through its filters.
#include "db/filter.h"

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
    const db::States states = {{"red", true}};
    auto filters = db::make_filters(text, states);
    if (!filters && filters.error().empty()) {
        std::abort();
    }
    if (filters && *filters) {
        pv::Meta meta;
        meta.max_count = 4;
        pv::Sample sample;
        sample.value = pv::Value::array_of<double>({{1, 2, 3}});
        sample.meta = &meta;
        (void)db::pass((*filters)->passing, sample, base::Stamp{});
        (*filters)->shape(sample);
        (void)(*filters)->change(meta);
    }
    const auto [name, rest] = db::split_filters(text);
    if (name.size() + rest.size() != size) {
        std::abort();
    }
    return 0;
}
