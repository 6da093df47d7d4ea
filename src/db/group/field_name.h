#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::group {

/// One part of "dimension[0].size": a member, or an element of an array of structures.
struct NamePart {
    std::string name;
    std::optional<std::uint32_t> index{};

    bool operator==(const NamePart&) const = default;
};

inline constexpr std::size_t most_name_parts = 20;
inline constexpr std::uint32_t most_elements = 1024;

/// The parts of a group's field name; none of "". What is wrong otherwise, with the remedy.
[[nodiscard]] std::expected<std::vector<NamePart>, std::string> parse_field_name(std::string_view name);

} // namespace iochron::db::group
