// Texts with groups: read, or refused with words and a place in them.
#include "db/group/definition.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace iochron;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    db::group::Definitions groups;
    db::group::Report report;
    constexpr std::size_t depth = 16;
    const auto locate = [size](std::size_t offset) {
        if (offset > size) {
            std::abort();
        }
        return base::Place{"group.json", 1, offset + 1};
    };
    db::group::read_groups({text, "", locate}, depth, groups, report);
    for (const std::string& error : report.errors) {
        if (!error.starts_with("group.json:1:") || error.ends_with(": ")) {
            std::abort();
        }
    }
    return 0;
}
