#pragma once

#include "base/time.h"

#include <string>

namespace iochron::db {

/// A stamp in local time by the format of strftime(3), with "%06f" (any digit) for the fraction of a second, rounded to
/// that many digits but never up into the next second; "<undefined>" where there is no time. As EPICS base writes it
/// (epicsTimeToStrftime). The time zone is the process' (TZ). A text has 39 bytes at most: of what
/// stands between fractions, a part that does not fit is left out.
[[nodiscard]] std::string stamp_text(base::Stamp stamp, const std::string& format);

} // namespace iochron::db
