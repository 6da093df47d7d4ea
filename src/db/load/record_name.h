#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iochron::db::load {

inline constexpr std::size_t longest_name = 60; ///< of records and aliases, in bytes, as in EPICS

/// What is wrong with a record's or alias' name, and what to do; nothing where it is good. EPICS 7 refuses empty names
/// and those with space, tab, quotes, '.' or '$'.
[[nodiscard]] std::optional<std::string> name_error(std::string_view name);

/// What EPICS 7 warns of: a first byte that link and JSON parsers take for their own, and bytes that cannot be printed.
[[nodiscard]] std::optional<std::string> name_warning(std::string_view name);

} // namespace iochron::db::load
