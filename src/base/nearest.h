#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace iochron::base {

/// The known word with the fewest edits from `word` (case ignored), or nothing where none is near enough to be what
/// the user meant (more than a third of its letters differ). For messages: "unknown field 'HIHO'; did you mean 'HIHI'?"
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// The clause "; did you mean 'X'?", or an empty text.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

} // namespace iochron::base
