#pragma once

#include "base/fault.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::group {

/// A JSON value with where it stands in its text.
struct Json {
    enum class Kind : std::uint8_t { null, boolean, integer, real, text, object, list };
    struct Member;

    Kind kind = Kind::null;
    std::size_t at = 0;
    std::int64_t integer = 0; ///< of a boolean 0 or 1
    double real = 0;
    std::string text;
    std::vector<Member> members; ///< of an object, in the order of the text; keys may repeat
};

struct Json::Member {
    std::string key;
    std::size_t at = 0; ///< of the key
    Json value;
};

/// "an object", "a text": for messages.
[[nodiscard]] std::string_view to_string(Json::Kind kind);

/// Reads one value in JSON5, as the parser of EPICS base 7 takes it: comments, quotes of either kind, keys without
/// quotes, a comma behind the last member, hexadecimal numbers, NaN and Infinity. Lists are read over: a group has
/// none. Integers beyond int64 become real. Nothing but space and comments may follow.
[[nodiscard]] base::Result<Json> parse_json(std::string_view text, std::size_t most_depth);

} // namespace iochron::db::group
