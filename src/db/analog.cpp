#include "db/analog.h"

#include <cmath>

namespace iochron::db {

namespace {

/// Where a value lies, as EPICS numbers it for the alarm filter.
enum Range : int { lolo = 1, low, normal, high, hihi };

struct Level {
    pv::Severity severity;
    double limit;
};

Level level(const AnalogSettings& settings, int range, double value)
{
    switch (range) {
    case hihi:
        return {settings.hhsv, settings.hihi};
    case lolo:
        return {settings.llsv, settings.lolo};
    case high:
        return {settings.hsv, settings.high};
    case low:
        return {settings.lsv, settings.low};
    default:
        return {pv::Severity::no_alarm, value};
    }
}

pv::AlarmStatus status(int range)
{
    constexpr pv::AlarmStatus of_range[] = {pv::AlarmStatus::soft,     pv::AlarmStatus::lolo, pv::AlarmStatus::low,
                                            pv::AlarmStatus::no_alarm, pv::AlarmStatus::high, pv::AlarmStatus::hihi};
    return of_range[range];
}

int range_of(const AnalogSettings& s, double value, double last)
{
    const auto above = [&](pv::Severity severity, double limit) {
        return severity != pv::Severity::no_alarm && (value >= limit || (last == limit && value >= limit - s.hyst));
    };
    const auto below = [&](pv::Severity severity, double limit) {
        return severity != pv::Severity::no_alarm && (value <= limit || (last == limit && value <= limit + s.hyst));
    };
    return above(s.hhsv, s.hihi)   ? hihi
           : below(s.llsv, s.lolo) ? lolo
           : above(s.hsv, s.high)  ? high
           : below(s.lsv, s.low)   ? low
                                   : normal;
}

} // namespace

void AnalogRecord::undefined(Cycle& cycle)
{
    Core& core = cycle.core();
    cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(core.cold_number(*this, field_udfs)));
    if (settings->aftc > 0) {
        core.cold.set(*this, core.field(*this, field_afvl), pv::Value::of(0.0));
    }
}

void AnalogRecord::compare_limits(Cycle& cycle)
{
    const int now = range_of(*settings, val, lalm);
    const int range = settings->aftc > 0 ? filtered(cycle, now) : now;
    const Level reached = level(*settings, range, val);
    if (reached.severity == pv::Severity::no_alarm) {
        lalm = val;
    } else if (cycle.alarm(status(range), reached.severity)) {
        lalm = reached.limit;
    }
}

// A low pass over the number of the range. Its sign is that of the rounding, which gives the filter its hysteresis:
// positive rounds to the lower range, negative to the higher (aiRecord and others of EPICS Base).
int AnalogRecord::filtered(Cycle& cycle, int range)
{
    constexpr double reverse_above = 0.6321;
    Core& core = cycle.core();
    const Field& field = core.field(*this, field_afvl);
    double state = core.cold.get(*this, field).as_double();
    if (state == 0) {
        state = range;
    } else {
        const double alpha = settings->aftc / (cycle.elapsed() + settings->aftc);
        state = alpha * state + (state > 0 ? 1 - alpha : alpha - 1) * range;
        if (state - std::floor(state) > reverse_above) {
            state = -state;
        }
        range = std::abs(static_cast<int>(std::floor(state)));
    }
    core.cold.set(*this, field, pv::Value::of(state));
    return range;
}

std::vector<Field> analog_values(std::string_view prompt, Mark marks)
{
    return {
        field<&AnalogRecord::val>("VAL", prompt, marks | asl0),
        cold("AFVL", Dbf::float64, "Alarm Filter Value", nomod | hidden),
    };
}

std::vector<Field> analog_table()
{
    using R = AnalogRecord;
    using S = AnalogSettings;
    constexpr auto p = &R::settings;
    const Mark limit = pp | prop;
    return {
        shared<p, &S::prec>("PREC", "Display Precision", prop),
        shared_text<p, &S::egu>("EGU", "Engineering Units", prop),
        shared<p, &S::hopr>("HOPR", "High Operating Range", prop),
        shared<p, &S::lopr>("LOPR", "Low Operating Range", prop),
        shared<p, &S::hihi>("HIHI", "Hihi Alarm Limit", limit),
        shared<p, &S::lolo>("LOLO", "Lolo Alarm Limit", limit),
        shared<p, &S::high>("HIGH", "High Alarm Limit", limit),
        shared<p, &S::low>("LOW", "Low Alarm Limit", limit),
        shared_menu<p, &S::hhsv>("HHSV", menu_severity, "Hihi Severity", limit),
        shared_menu<p, &S::llsv>("LLSV", menu_severity, "Lolo Severity", limit),
        shared_menu<p, &S::hsv>("HSV", menu_severity, "High Severity", limit),
        shared_menu<p, &S::lsv>("LSV", menu_severity, "Low Severity", limit),
        shared<p, &S::hyst>("HYST", "Alarm Deadband"),
        shared<p, &S::aftc>("AFTC", "Alarm Filter Time Constant"),
        shared<p, &S::adel>("ADEL", "Archive Deadband"),
        shared<p, &S::mdel>("MDEL", "Monitor Deadband"),
        field<&R::lalm>("LALM", "Last Value Alarmed", nomod | hidden),
        field<&R::alst>("ALST", "Last Value Archived", nomod | hidden),
        field<&R::mlst>("MLST", "Last Val Monitored", nomod | hidden),
    };
}

bool has_display_limits(const Field& field)
{
    constexpr std::string_view names[] = {"VAL", "HIHI", "HIGH", "LOW", "LOLO", "LALM", "ALST", "MLST", "SVAL"};
    return std::ranges::find(names, field.name) != std::end(names);
}

void describe_analog(const Core&, const Record& record, const Field& field, pv::Meta& meta)
{
    const AnalogSettings& s = *static_cast<const AnalogRecord&>(record).settings;
    if (field.type == Dbf::float64 || field.type == Dbf::float32) {
        meta.units = std::string(detail::text_of(s.egu));
        meta.precision = s.prec;
    }
    if (has_display_limits(field)) {
        meta.display = meta.control = {s.lopr, s.hopr};
    }
    if (field.index != common_fields) {
        return;
    }
    const auto limit = [](pv::Severity severity, double at) {
        return severity == pv::Severity::no_alarm ? pv::Meta::no_limit : at;
    };
    meta.hihi = limit(s.hhsv, s.hihi);
    meta.high = limit(s.hsv, s.high);
    meta.low = limit(s.lsv, s.low);
    meta.lolo = limit(s.llsv, s.lolo);
    meta.hihi_severity = s.hhsv;
    meta.high_severity = s.hsv;
    meta.low_severity = s.lsv;
    meta.lolo_severity = s.llsv;
    meta.hysteresis = s.hyst;
}

} // namespace iochron::db
