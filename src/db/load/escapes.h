#pragma once

#include <string>
#include <string_view>

namespace iochron::db::load {

/// Appends to `out` what a string of a .db file means, given what stands between its quotes. Returns nullptr, or what
/// is wrong with it and how to write it instead; `bad` is then where.
[[nodiscard]] const char* unescape(std::string_view text, std::string& out, std::size_t& bad);

} // namespace iochron::db::load
