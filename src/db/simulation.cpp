#include "db/simulation.h"

#include "db/accessor.h"
#include "db/record_fields.h"

namespace iochron::db {

namespace {

constexpr double leave_scan = 65535;

double number(const Core& core, const Record& record, std::string_view field)
{
    return core.cold.get(record, *core.type(record).find(field)).as_double();
}

LinkId link(const Core& core, const Record& record, std::string_view field)
{
    const Field& found = *core.type(record).find(field);
    return found.get_link(core, record, found);
}

void set_choice(Core& core, Record& record, std::string_view field, std::uint16_t choice)
{
    core.cold.set(record, *core.type(record).find(field), pv::Value::enumeration(choice));
}

/// With SSCN set, SCAN and SSCN change places whenever the mode changes.
void swap_scan(Core& core, Record& record, double before)
{
    const double other = number(core, record, "SSCN");
    if (other == leave_scan) {
        return;
    }
    set_choice(core, record, "OLDSIMM", static_cast<std::uint16_t>(before));
    if (number(core, record, "SIMM") == before) {
        return;
    }
    core.remove_from_scan(record);
    set_choice(core, record, "SSCN", record.scan);
    record.scan = static_cast<std::uint8_t>(other);
    core.add_to_scan(record);
}

} // namespace

std::vector<Field> simulation_table(Dbf direction, bool raw)
{
    const Menu& modes = raw ? menu_simulation : menu_yes_no;
    return {
        cold_link("SIOL", direction, "Simulation Link"),
        cold_link("SIML", Dbf::inlink, "Simulation Mode Link").with(Special::simulation),
        cold_menu("SIMM", modes, "Simulation Mode").with(Special::simulation),
        cold_menu("SIMS", menu_severity, "Simulation Mode Severity"),
        cold_menu("OLDSIMM", modes, "Prev. Simulation Mode", nomod | hidden),
        cold_menu("SSCN", menu_scan, "Sim. Mode Scan").starts_as("65535"),
        cold("SDLY", Dbf::float64, "Sim. Mode Async Delay").starts_as("-1").with(Special::simulation),
    };
}

LinkId simulation_link(const Core& core, const Record& record)
{
    return link(core, record, "SIOL");
}

bool may_be_simulated(const Core& core, const Record& record)
{
    if (core.type(record).find("SIMM") == nullptr) {
        return false;
    }
    const LinkId mode = link(core, record, "SIML");
    return number(core, record, "SIMM") != 0 || mode != no_link;
}

std::optional<Simulation> read_simulation(Core& core, Record& record, Cycle& cycle)
{
    const double before = number(core, record, "SIMM");
    double mode = before;
    if (!cycle.read(link(core, record, "SIML"), mode)) {
        return {};
    }
    if (mode != before) {
        set_choice(core, record, "SIMM", static_cast<std::uint16_t>(mode));
        swap_scan(core, record, before);
    }
    if (mode < 0 || mode > static_cast<double>(core.type(record).find("SIMM")->menu->choices.size() - 1)) {
        cycle.alarm(pv::AlarmStatus::soft, pv::Severity::invalid, "SIMM is no mode");
        return {};
    }
    if (mode != 0) {
        cycle.alarm(pv::AlarmStatus::simm, static_cast<pv::Severity>(number(core, record, "SIMS")));
    }
    return static_cast<Simulation>(mode);
}

bool read_simulated(Record& record, Cycle& cycle, double& value)
{
    return cycle.read(simulation_link(cycle.core(), record), value);
}

pv::Status check_simulation(Core& core, Record& record, const Field& field, const pv::Value& before)
{
    if (field.name == "SDLY" && number(core, record, "SDLY") >= 0) {
        return {pv::Outcome::put_failed, "a delay of the simulation (SDLY) is not supported; it is -1"};
    }
    if (field.name == "SIMM" && core.started) {
        swap_scan(core, record, before.as_double());
    }
    return {};
}

} // namespace iochron::db
