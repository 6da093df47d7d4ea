#pragma once

#include "db/cycle.h"

#include <vector>

namespace iochron::db {

/// What a record takes instead of its device: SIMM, which SIML may set at each processing.
enum class Simulation : std::uint8_t { no, yes, raw };

/// The fields of simulation but SVAL: SIOL, SIML, SIMM, SIMS, OLDSIMM, SSCN and SDLY. `direction` is SIOL's; `raw`: the
/// menu has RAW too. All are cold, so a record that simulates nothing pays nothing.
[[nodiscard]] std::vector<Field> simulation_table(Dbf direction, bool raw);

/// Reads SIML, changes SCAN with SSCN when the mode changes, and raises SIMM_ALARM with SIMS while it simulates.
/// Nothing: SIML failed, so that the record is to do as if its device had failed.
[[nodiscard]] std::optional<Simulation> read_simulation(Core& core, Record& record, Cycle& cycle);

// hot:
[[nodiscard]] inline std::optional<Simulation> simulation(Record& record, Cycle& cycle)
{
    return record.is(flag_simulated) ? read_simulation(cycle.core(), record, cycle) : Simulation::no;
}

/// SIOL as a number; false: it failed. A constant leaves the number as it is.
[[nodiscard]] bool read_simulated(Record& record, Cycle& cycle, double& number);
[[nodiscard]] LinkId simulation_link(const Core& core, const Record& record);

/// For Special::simulation: what follows a put of SIMM or SDLY.
[[nodiscard]] pv::Status check_simulation(Core& core, Record& record, const Field& field, const pv::Value& before);
[[nodiscard]] bool may_be_simulated(const Core& core, const Record& record);

} // namespace iochron::db
