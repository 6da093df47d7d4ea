#pragma once

#include "db/field.h"

#include <expected>
#include <string>
#include <string_view>

namespace iochron::db {

/// The value of a field that is no link and no choice from the text in a .db file, as EPICS' dbPutString reads it:
/// numbers in C's notations ("0x10", "010" is 8), an empty text is 0, nothing may follow; a text must fit its size.
/// Says in one clause what was expected.
[[nodiscard]] std::expected<pv::Value, std::string> parse_scalar(std::string_view text, Dbf type, std::uint16_t size);

/// A value of a field that is no choice as parse_scalar() reads it again: a float with as many digits as it takes.
[[nodiscard]] std::string format_scalar(const pv::Value& value);

} // namespace iochron::db
