#pragma once

#include "db/accessor.h"
#include "db/cycle.h"
#include "db/record_fields.h"

namespace iochron::db {

/// The settings that the analog record types have in common: alarm limits, deadbands, display.
struct AnalogSettings {
    double hihi = 0;
    double lolo = 0;
    double high = 0;
    double low = 0;
    double hopr = 0;
    double lopr = 0;
    double hyst = 0;
    double adel = 0;
    double mdel = 0;
    double aftc = 0; ///< seconds; 0: no alarm filter
    pv::Severity hhsv{};
    pv::Severity llsv{};
    pv::Severity hsv{};
    pv::Severity lsv{};
    std::int16_t prec = 0;
    char egu[16] = {};
    char unused[2] = {};
};
static_assert(sizeof(AnalogSettings) == 104); // no padding: see Shared

/// What an analog record type begins with.
struct AnalogRecord : Record {
    double val = 0;
    const AnalogSettings* settings = nullptr;
    double mlst = 0;
    double alst = 0;
    double lalm = 0;

    void adopt(Core& core) { settings = core.pools.of<AnalogSettings>().take({}); }
    void release(Core& core) { core.pools.of<AnalogSettings>().release(settings); }
    /// Alarms by limits with hysteresis and filter, as the analog types of EPICS Base have them all alike.
    void check_limits(Cycle& cycle)
    {
        if (is(flag_udf)) [[unlikely]] {
            undefined(cycle);
        } else if (((static_cast<unsigned>(settings->hhsv) | static_cast<unsigned>(settings->llsv) |
                     static_cast<unsigned>(settings->hsv) | static_cast<unsigned>(settings->lsv)) == 0) &&
                   settings->aftc <= 0) {
            lalm = val;
        } else {
            compare_limits(cycle);
        }
    }
    /// The new alarm, and whether the value left its deadbands: what VAL is to be posted with.
    [[nodiscard]] pv::Mask changes(Cycle& cycle)
    {
        pv::Mask mask = cycle.reset_alarms();
        if (exceeds_deadband(mlst, val, settings->mdel)) {
            mask |= pv::Mask::value;
        }
        if (exceeds_deadband(alst, val, settings->adel)) {
            mask |= pv::Mask::log;
        }
        return mask;
    }

  private:
    void undefined(Cycle& cycle);
    void compare_limits(Cycle& cycle);
};

/// Of an analog type the second of its own fields: the state of the alarm filter.
inline constexpr FieldIndex field_afvl = common_fields + 1;

/// VAL and AFVL, which an analog type's own fields begin with.
[[nodiscard]] std::vector<Field> analog_values(std::string_view prompt, Mark marks);
/// Limits, severities, deadbands, display and last values.
[[nodiscard]] std::vector<Field> analog_table();
/// Units, precision and limits of an analog record's field.
void describe_analog(const Core& core, const Record& record, const Field& field, pv::Meta& meta);

} // namespace iochron::db
