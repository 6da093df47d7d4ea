#pragma once

#include "db/accessor.h"
#include "db/range.h"
#include "db/simulation.h"
#include "pv/convert.h"

namespace iochron::db {

/// The settings of a type whose value is an integer: alarm limits, deadbands, display, of outputs the drive limits.
template <class T>
struct IntegralSettings {
    double aftc = 0; ///< seconds; 0: no alarm filter. Outputs have none.
    T hihi = 0;
    T lolo = 0;
    T high = 0;
    T low = 0;
    T hopr = 0;
    T lopr = 0;
    T drvh = 0;
    T drvl = 0;
    T hyst = 0;
    T adel = 0;
    T mdel = 0;
    pv::Severity hhsv{};
    pv::Severity llsv{};
    pv::Severity hsv{};
    pv::Severity lsv{};
    char egu[16] = {};
    char unused[sizeof(T) == 8 ? 4 : 8] = {};
};
static_assert(sizeof(IntegralSettings<std::int32_t>) == 8 + 11 * 4 + 28); // no padding: see Shared
static_assert(sizeof(IntegralSettings<std::int64_t>) == 8 + 11 * 8 + 24);

/// What longin, longout, int64in and int64out begin with.
template <class T>
struct IntegralRecord : Record {
    using Number = T;

    T val = 0;
    T mlst = 0;
    T alst = 0;
    T lalm = 0;
    const IntegralSettings<T>* settings = nullptr;

    void adopt(Core& core) { settings = core.pools.of<IntegralSettings<T>>().take({}); }
    void release(Core& core) { core.pools.of<IntegralSettings<T>>().release(settings); }
    void begin() { mlst = alst = lalm = val; }
    void check_limits(Cycle& cycle)
    {
        if (is(flag_udf)) [[unlikely]] {
            Core& core = cycle.core();
            cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(core.cold_number(*this, field_udfs)));
            if (settings->aftc > 0) {
                core.cold.set(*this, core.field(*this, field_filter_state), pv::Value::of(0.0));
            }
        } else {
            compare_limits(*this, cycle, *settings, val, lalm);
        }
    }
    /// The new alarm and what left its deadbands, posted.
    void post_changes(Cycle& cycle)
    {
        pv::Mask mask = cycle.reset_alarms();
        mask |= left(mlst, settings->mdel) ? pv::Mask::value : pv::Mask::none;
        mask |= left(alst, settings->adel) ? pv::Mask::log : pv::Mask::none;
        if (any(mask)) {
            cycle.post(common_fields, mask, pv::Value::of(val));
        }
    }
    void drive_within_limits(T value)
    {
        const auto& s = *settings;
        val = s.drvh > s.drvl ? std::clamp(value, s.drvl, s.drvh) : value;
    }

  private:
    [[nodiscard]] bool left(T& last, T deadband) const
    {
        using U = std::make_unsigned_t<T>;
        const U distance =
            last > val ? static_cast<U>(last) - static_cast<U>(val) : static_cast<U>(val) - static_cast<U>(last);
        if (deadband >= 0 && distance <= static_cast<U>(deadband)) {
            return false;
        }
        last = val;
        return true;
    }
};

/// VAL, and of inputs AFVL.
template <class T>
[[nodiscard]] std::vector<Field> integral_values(std::string_view prompt, bool filtered)
{
    std::vector<Field> fields = {field<&IntegralRecord<T>::val>("VAL", prompt, pp | asl0)};
    if (filtered) {
        fields.push_back(cold("AFVL", Dbf::float64, "Alarm Filter Value", nomod | hidden));
        fields.push_back(
            shared<&IntegralRecord<T>::settings, &IntegralSettings<T>::aftc>("AFTC", "Alarm Filter Time Constant"));
    } else {
        fields.push_back(
            shared<&IntegralRecord<T>::settings, &IntegralSettings<T>::drvh>("DRVH", "Drive High Limit", pp | prop));
        fields.push_back(
            shared<&IntegralRecord<T>::settings, &IntegralSettings<T>::drvl>("DRVL", "Drive Low Limit", pp | prop));
    }
    return fields;
}

/// Limits, severities, deadbands, display and last values.
template <class T>
[[nodiscard]] std::vector<Field> integral_table()
{
    using R = IntegralRecord<T>;
    using S = IntegralSettings<T>;
    constexpr auto p = &R::settings;
    const Mark limit = pp | prop;
    const Mark severity = sizeof(T) == 8 ? pp : limit; // as EPICS Base has it
    return {
        shared_text<p, &S::egu>("EGU", "Engineering Units", prop),
        shared<p, &S::hopr>("HOPR", "High Operating Range", prop),
        shared<p, &S::lopr>("LOPR", "Low Operating Range", prop),
        shared<p, &S::hihi>("HIHI", "Hihi Alarm Limit", limit),
        shared<p, &S::lolo>("LOLO", "Lolo Alarm Limit", limit),
        shared<p, &S::high>("HIGH", "High Alarm Limit", limit),
        shared<p, &S::low>("LOW", "Low Alarm Limit", limit),
        shared_menu<p, &S::hhsv>("HHSV", menu_severity, "Hihi Severity", severity),
        shared_menu<p, &S::llsv>("LLSV", menu_severity, "Lolo Severity", severity),
        shared_menu<p, &S::hsv>("HSV", menu_severity, "High Severity", severity),
        shared_menu<p, &S::lsv>("LSV", menu_severity, "Low Severity", severity),
        shared<p, &S::hyst>("HYST", "Alarm Deadband"),
        shared<p, &S::adel>("ADEL", "Archive Deadband"),
        shared<p, &S::mdel>("MDEL", "Monitor Deadband"),
        field<&R::lalm>("LALM", "Last Value Alarmed", nomod | hidden),
        field<&R::alst>("ALST", "Last Value Archived", nomod | hidden),
        field<&R::mlst>("MLST", "Last Val Monitored", nomod | hidden),
    };
}

/// Units, limits and severities of an integer type's field.
template <class T>
void describe_integral(const Core& core, const Record& record, const Field& field, pv::Meta& meta)
{
    const IntegralSettings<T>& s = *static_cast<const IntegralRecord<T>&>(record).settings;
    if (field.type == detail::dbf_of<T>()) {
        meta.units = std::string(detail::text_of(s.egu));
    }
    if (has_number_limits(field)) {
        meta.display = {static_cast<double>(s.lopr), static_cast<double>(s.hopr)};
        const bool driven = core.type(record).output && s.drvh > s.drvl;
        meta.control = driven ? pv::Range{static_cast<double>(s.drvl), static_cast<double>(s.drvh)} : meta.display;
    }
    if (field.index == common_fields) {
        describe_alarms(s, meta);
        if (sizeof(T) == 8) { // int64in and int64out show them whether there is a severity or not
            meta.hihi = static_cast<double>(s.hihi);
            meta.high = static_cast<double>(s.high);
            meta.low = static_cast<double>(s.low);
            meta.lolo = static_cast<double>(s.lolo);
        }
    }
}

/// User code's value.
template <class T>
pv::Status accept_integral(Core&, Record& record, const pv::Value& value)
{
    auto number = pv::convert_to_scalar(value, pv::scalar_type_of<T>, nullptr);
    if (!number) {
        return number.error();
    }
    static_cast<IntegralRecord<T>&>(record).val = number->template get<T>();
    record.set(flag_udf, false);
    return {};
}

} // namespace iochron::db
