#include "db/analog.h"

#include "db/range.h"

namespace iochron::db {

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
    db::compare_limits(*this, cycle, *settings, val, lalm);
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

void describe_analog(const Core&, const Record& record, const Field& field, pv::Meta& meta)
{
    const AnalogSettings& s = *static_cast<const AnalogRecord&>(record).settings;
    if (field.type == Dbf::float64 || field.type == Dbf::float32) {
        meta.units = std::string(detail::text_of(s.egu));
        meta.precision = s.prec;
    }
    if (has_number_limits(field)) {
        meta.display = meta.control = {s.lopr, s.hopr};
    }
    if (field.index != common_fields) {
        return;
    }
    describe_alarms(s, meta);
}

} // namespace iochron::db
