#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace iochron::db {

/// One setting of a filter: {s: 2} has one. Without a value it stands for a key before a map, whose settings follow:
/// EPICS base looks at such a key, and takes what is in the map for settings of the filter.
struct FilterSetting {
    std::string key;
    std::variant<std::int64_t, double, std::string, bool, std::monostate> value;
};

/// A filter as a name asks for it.
struct FilterSpec {
    std::string name;
    std::vector<FilterSetting> settings;
};

/// What is wrong with the text of filters, and at which byte of it.
struct FilterProblem {
    std::string what;
    std::size_t offset = 0;
};

/// What a name has behind its field: nothing, "[start:increment:end]" (the filter arr in short), "{JSON5}", or both in
/// this order, as in EPICS base (dbChannel.c): numbers of a range are of base 8, 10 or 16; [n] is one element. At most
/// 4 KiB. Blanks and comments may follow. Blocks never.
[[nodiscard]] std::expected<std::vector<FilterSpec>, FilterProblem> parse_filters(std::string_view text);

/// The name without that, and that.
[[nodiscard]] std::pair<std::string_view, std::string_view> split_filters(std::string_view name);

} // namespace iochron::db
