#include "db/range.h"

#include <algorithm>
#include <cmath>

namespace iochron::db {

bool has_number_limits(const Field& field)
{
    constexpr std::string_view names[] = {"VAL", "HIHI", "HIGH", "LOW", "LOLO", "LALM", "ALST", "MLST", "SVAL"};
    return std::ranges::find(names, field.name) != std::end(names);
}

pv::AlarmStatus status_of_range(int range)
{
    constexpr pv::AlarmStatus of_range[] = {pv::AlarmStatus::soft,     pv::AlarmStatus::lolo, pv::AlarmStatus::low,
                                            pv::AlarmStatus::no_alarm, pv::AlarmStatus::high, pv::AlarmStatus::hihi};
    return of_range[range];
}

// A low pass over the number of the range. Its sign is that of the rounding, which gives the filter its hysteresis:
// positive rounds to the lower range, negative to the higher (aiRecord and others of EPICS Base).
int filtered_range(Record& record, Cycle& cycle, double aftc, int range)
{
    constexpr double reverse_above = 0.6321;
    Core& core = cycle.core();
    const Field& field = core.field(record, field_filter_state);
    double state = core.cold.get(record, field).as_double();
    if (state == 0) {
        state = range;
    } else {
        const double alpha = aftc / (cycle.elapsed() + aftc);
        state = alpha * state + (state > 0 ? 1 - alpha : alpha - 1) * range;
        if (state - std::floor(state) > reverse_above) {
            state = -state;
        }
        range = std::abs(static_cast<int>(std::floor(state)));
    }
    core.cold.set(record, field, pv::Value::of(state));
    return range;
}

} // namespace iochron::db
