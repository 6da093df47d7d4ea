#pragma once

#include "db/cycle.h"

#include <optional>
#include <vector>

namespace iochron::db {

/// The fields of simulation mode, SIML first, which all types with a device have alike; `mode` is menuYesNo or
/// menuSimm, `direction` that of SIOL, `kept` the type of SVAL (noaccess: the record type has none).
[[nodiscard]] std::vector<Field> simulation_table(const Menu& mode, Dbf direction, Dbf kept = Dbf::noaccess);

/// iocInit: constants in SIML and SIOL.
void init_simulation(Core& core, Record& record);
/// What flag_simulated says: SIML is a link or SIMM is not NO.
[[nodiscard]] bool may_be_simulated(const Core& core, const Record& record);

/// SIMM is not NO.
[[nodiscard]] bool is_simulated(const Core& core, const Record& record);

/// What SIMM says.
enum class Simulation : std::uint8_t { off, on, raw };

/// Reads SIML, unless the record completes, and raises SIMM with SIMS when the record is simulated. Nothing: SIMM is
/// none of its choices, so that the record is to do as if its device had failed.
[[nodiscard]] std::optional<Simulation> read_simulation(Record& record, Cycle& cycle);

// hot:
[[nodiscard]] inline std::optional<Simulation> simulation(Record& record, Cycle& cycle)
{
    return record.is(flag_simulated) ? read_simulation(record, cycle) : Simulation::off;
}
/// SDLY: true when the record is to wait before it reads or writes SIOL; then it is completed after that time.
[[nodiscard]] bool simulation_waits(Record& record, Cycle& cycle);
/// SIOL, read into SVAL, and that; empty where it failed. With TSE -2 the time comes along.
[[nodiscard]] pv::Value simulated_input(Record& record, Cycle& cycle);
/// SIOL itself.
[[nodiscard]] LinkId simulation_link(const Core& core, const Record& record);
/// Writes the value to SIOL.
[[nodiscard]] Transfer simulate_output(Record& record, Cycle& cycle, const pv::Value& value);

/// An input's reading: from its device, or simulated; `store` takes what SIOL gave, raw or not.
template <class Store>
[[nodiscard]] Transfer read_input(Record& record, Cycle& cycle, Store&& store)
{
    const auto mode = simulation(record, cycle);
    if (mode == Simulation::off) [[likely]] {
        return cycle.core().device(record).transfer(record, cycle);
    }
    if (!mode) {
        return Transfer::failed;
    }
    if (simulation_waits(record, cycle)) {
        return Transfer::wait;
    }
    const pv::Value value = simulated_input(record, cycle);
    if (value.empty()) {
        return Transfer::failed;
    }
    store(value, mode == Simulation::raw);
    record.set(flag_udf, false);
    return mode == Simulation::raw ? Transfer::raw : Transfer::done;
}

} // namespace iochron::db
