#include "pv/meta.h"

#include <tuple>

namespace iochron::pv {
namespace {

bool same(double a, double b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool same(const Range& a, const Range& b)
{
    return same(a.low, b.low) && same(a.high, b.high);
}

/// All that `==` compares as one wishes.
auto comparable(const Meta& meta)
{
    return std::tie(meta.type, meta.is_array, meta.max_count, meta.precision, meta.lacks_precision, meta.no_choice,
                    meta.text, meta.form, meta.characters_are_text, meta.lacks_alarm_limits, meta.time_tag_bits,
                    meta.units, meta.description, meta.record_type, meta.hihi_severity, meta.high_severity,
                    meta.low_severity, meta.lolo_severity, meta.choices, meta.structure);
}

} // namespace

bool Meta::operator==(const Meta& other) const
{
    return comparable(*this) == comparable(other) && same(display, other.display) && same(control, other.control) &&
           same(hihi, other.hihi) && same(high, other.high) && same(low, other.low) && same(lolo, other.lolo) &&
           same(hysteresis, other.hysteresis);
}

} // namespace iochron::pv
