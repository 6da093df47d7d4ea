#pragma once

#include "db/accessor.h"
#include "db/simulation.h"

namespace iochron::db {

enum class OutputMode : std::uint8_t { supervisory, closed_loop };

/// The last fields of an output type: IVOA first, then IVOV, whose type is the value's.
[[nodiscard]] std::vector<Field> invalid_output_table(Dbf value, std::uint16_t size = 0);

/// WRITE/INVALID, of an input READ/INVALID, with the status' words as message.
void raise_device_alarm(Core& core, Record& record, const pv::Status& status);

/// Whether the record is to drive its output, its alarms of this processing being raised. Where IVOA says "Set output
/// to IVOV", `invalid` is that value, to be taken before.
[[nodiscard]] bool drives_output(const Record& record, Cycle& cycle, pv::Value& invalid);

/// "Async Soft Channel" of an output: writes as `write`, which is that of "Soft Channel". The record stays active until
/// a write to another IOC has ended with all that it causes; what it writes within the database is written at once
/// (dbPutLinkAsync of EPICS Base).
[[nodiscard]] Device async_soft_channel(std::function<Transfer(Record&, Cycle&)> write);

/// A device kind that does not tell its record that a write has failed; the link's alarm is raised all the same. So do
/// the soft ones of longout, int64out and mbbo of EPICS Base.
template <class Write>
[[nodiscard]] auto whatever_comes_of(Write write)
{
    return [write](Record& record, Cycle& cycle) {
        const Transfer transfer = write(record, cycle);
        return transfer == Transfer::failed ? Transfer::done : transfer;
    };
}

/// Gives the output away: to SIOL when the record is simulated, or else, unless it is held back, to user code or to its
/// device.
[[nodiscard]] Transfer write_output(Record& record, Cycle& cycle, const pv::Value& value, const pv::Value& raw,
                                    bool held);

/// The second half of an output's processing, after its value and its alarms. R has `void use(Cycle&, const Value&)`,
/// which takes IVOV, and `Value output()` and `Value raw_output()`; it may have `bool writes()`, whether there is
/// something to write, and `void written()`.
template <class R>
[[nodiscard]] Step drive(R& record, Cycle& cycle)
{
    if (!cycle.completing() && !cycle.stamped()) {
        cycle.stamp();
    }
    if (record.nsev >= pv::Severity::invalid) [[unlikely]] {
        pv::Value invalid;
        if (!drives_output(record, cycle, invalid)) {
            return cycle.lacks_input() ? Step::failed : Step::done;
        }
        if (!invalid.empty() && !cycle.completing()) {
            record.use(cycle, invalid);
        }
    }
    bool held = false;
    if constexpr (requires { record.writes(); }) {
        held = !cycle.completing() && !record.writes();
    }
    Transfer transfer = Transfer::done;
    if ((record.flags & (flag_simulated | flag_program)) != 0) [[unlikely]] {
        transfer = write_output(record, cycle, record.output(), record.raw_output(), held);
    } else if (!held) {
        transfer = cycle.core().device(record).transfer(record, cycle);
    }
    if constexpr (requires { record.written(); }) {
        if (!is_simulated(cycle.core(), record)) {
            record.written();
        }
    }
    return step_of(transfer);
}

} // namespace iochron::db
