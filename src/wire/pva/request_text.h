#pragma once

#include "base/fault.h"
#include "pv/structure.h"

#include <cstddef>
#include <string_view>

namespace iochron::wire::pva {

/// Bounds of a pvRequest's text, which a user or a file gives.
inline constexpr std::size_t most_request_text_bytes = 16u << 10;
inline constexpr std::size_t most_request_levels = 16;

/// The structure that a pvRequest's text means (pvAccess, "pvRequest"; the syntax is pvAccessCPP's, of which PVXS' is a
/// part), for the INIT of an operation:
///
///     field(value,alarm.severity,display{limitLow,limitHigh})record[queueSize=10,pipeline=true]
///
/// `field(...)`, `putField(...)`, `getField(...)` name fields, `record[...]` sets options, in any order; words outside
/// them are fields too ("value,alarm"), blanks mean nothing, an empty text asks for everything. Options are texts:
/// servers convert them. A fault tells where the text makes no sense, in bytes from its start.
[[nodiscard]] base::Result<pv::Structure> parse_request(std::string_view text);

} // namespace iochron::wire::pva
