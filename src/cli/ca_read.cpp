#include "cli/ca_read.h"

#include <fmt/format.h>

namespace iochron::cli {
namespace {

using wire::ca::Dbr;

/// Why there is no value, or an empty text.
std::string why_not(const CaPv& pv)
{
    if (!pv.connected) {
        return "*** not connected";
    }
    if (!pv.status) {
        return "*** no data available (timeout)";
    }
    if (pv.status->outcome == pv::Outcome::no_read_access) {
        return "*** no read access";
    }
    if (!pv.status->ok()) {
        return "*** CA error Channel read request failed";
    }
    return {};
}

} // namespace

Dbr read_type(Dbr native, const CaStyle& style, bool floats_as_text)
{
    if (native == Dbr::enum_) {
        return style.enums_as_numbers ? Dbr::time_short : Dbr::time_string;
    }
    const bool is_float = native == Dbr::float_ || native == Dbr::double_;
    return floats_as_text && is_float ? Dbr::time_string : wire::ca::dbr_of(wire::ca::Family::time, native);
}

std::string wide_line(const CaPv& pv, const std::string& time, const CaStyle& style, bool counted)
{
    std::string line = name_text(pv.name, pv.value.count(), style);
    if (!pv.ever_connected) {
        return line + "*** Not connected (PV not found)\n";
    }
    if (!pv.connected) {
        return line + time + " *** disconnected\n";
    }
    const std::string value =
        pv.value.count() == 0 && !counted ? "" : style.separator + value_text(pv.value, style, counted);
    return line + time + value + alarm_text(pv.alarm, style) + "\n";
}

std::string line_of(const CaPv& pv, CaForm form, const CaStyle& style, bool counted)
{
    const std::string name = form == CaForm::terse ? "" : name_text(pv.name, pv.value.count(), style);
    if (const std::string why = why_not(pv); !why.empty()) {
        return name + why + "\n";
    }
    return form == CaForm::wide ? wide_line(pv, stamp_text(pv.time), style, counted)
                                : name + value_text(pv.value, style, counted) + "\n";
}

} // namespace iochron::cli
