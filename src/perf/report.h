#pragma once

#include "perf/result.h"

#include <span>
#include <string>

namespace iochron::perf {

/// The table as text, a heading and one line a row, with the published figures of the same row (in brackets) behind
/// ours. CPU in % of one core; kB/s are TCP payload as the kernel counts it on the process' own sockets.
[[nodiscard]] std::string table_heading();
[[nodiscard]] std::string table_line(const Result& result);

/// {"rows": [{...}]}: one object a row.
[[nodiscard]] std::string to_json(std::span<const Result> results);
/// A page that stands alone, with the same table.
[[nodiscard]] std::string to_html(std::span<const Result> results);

} // namespace iochron::perf
