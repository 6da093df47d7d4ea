#pragma once

#include "pv/meta.h"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace iochron::db {

// Info items of a record by which QSRV is told how pvAccess shows it.

/// How VAL is to be shown: a name of pv::display_form_names. "String" makes a text of an array of CHAR, too.
inline constexpr std::string_view form_item = "Q:form";
/// "nsec:lsb:N": the N low bits of each time stamp's nanoseconds are the user tag instead.
inline constexpr std::string_view time_tag_item = "Q:time:tag";

/// Each says what is wrong with another text.
[[nodiscard]] std::expected<pv::DisplayForm, std::string> parse_form(std::string_view text);
[[nodiscard]] std::expected<std::uint8_t, std::string> parse_time_tag(std::string_view text);

} // namespace iochron::db
