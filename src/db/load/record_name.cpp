#include "db/load/record_name.h"

#include <fmt/format.h>

namespace iochron::db::load {

std::optional<std::string> name_error(std::string_view name)
{
    if (name.empty()) {
        return "a record name cannot be empty; look for a macro that has no value";
    }
    if (name.size() > longest_name) {
        return fmt::format("the record name '{}' has {} bytes, {} at most are allowed", name, name.size(),
                           longest_name);
    }
    if (const std::size_t bad = name.find_first_of(" \t\"'.$"); bad != std::string_view::npos) {
        return fmt::format("the record name '{}' cannot hold {}", name,
                           name[bad] == '\t' ? "a tab" : fmt::format("'{}'", name[bad]));
    }
    return std::nullopt;
}

std::optional<std::string> name_warning(std::string_view name)
{
    if (!name.empty() && std::string_view("-+[{").contains(name.front())) {
        return fmt::format("the record name '{}' should not begin with '{}'", name, name.front());
    }
    for (const char c : name) {
        if (const auto byte = static_cast<unsigned char>(c); byte < 0x20) {
            return fmt::format("the record name '{}' should not hold the byte 0x{:02x}, which cannot be printed", name,
                               byte);
        }
    }
    return std::nullopt;
}

} // namespace iochron::db::load
