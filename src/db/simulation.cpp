#include "db/simulation.h"

#include "db/accessor.h"
#include "db/record_fields.h"

namespace iochron::db {

namespace {

/// Fields of the table, from SIML on.
enum Offset : FieldIndex { siml, simm, sims, oldsimm, sscn, sdly, simpvt, siol, sval };

const Field& at(const Core& core, const Record& record, Offset offset)
{
    const RecordType& type = core.type(record);
    return type[static_cast<FieldIndex>(type.simulation + offset)];
}

LinkId link_at(const Core& core, const Record& record, Offset offset)
{
    const Field& field = at(core, record, offset);
    return field.get_link(core, record, field);
}

/// A change of SIMM while the database runs exchanges SCAN and SSCN, where SSCN names a scan.
void exchange_scans(Core& core, Record& record, std::uint16_t before, std::uint16_t now)
{
    const auto other = core.cold.get(record, at(core, record, sscn)).get<std::uint16_t>();
    if (other == UINT16_MAX) {
        return;
    }
    core.cold.set(record, at(core, record, oldsimm), pv::Value::enumeration(before));
    if (before != now) {
        core.remove_from_scan(record);
        const std::uint8_t scan = record.scan;
        record.scan = static_cast<std::uint8_t>(other);
        core.add_to_scan(record);
        core.cold.set(record, at(core, record, sscn), pv::Value::enumeration(scan));
    }
}

pv::Status set_mode(Core& core, Record& record, const Field& field, const pv::Value& value)
{
    const auto before = core.cold.get(record, field).get<std::uint16_t>();
    core.cold.set(record, field, value);
    if (core.started) {
        exchange_scans(core, record, before, value.get<std::uint16_t>());
    }
    core.update_flags(record);
    return {};
}

} // namespace

std::vector<Field> simulation_table(const Menu& mode, Dbf direction, Dbf kept)
{
    Field location = cold_link("SIML", Dbf::inlink, "Simulation Mode Link");
    location.set_link = [](Core& core, Record& r, const Field& f, LinkId link) {
        core.cold.set(r, f, link == no_link ? f.initial_value : pv::Value::of(static_cast<std::uint32_t>(link)));
        core.update_flags(r);
    };
    Field simulated = cold_menu("SIMM", mode, "Simulation Mode");
    simulated.set = set_mode;
    std::vector<Field> table = {
        location,
        simulated,
        cold_menu("SIMS", menu_severity, "Simulation Mode Severity"),
        cold_menu("OLDSIMM", menu_simulation, "Prev. Simulation Mode", nomod | hidden),
        cold_menu("SSCN", menu_scan, "Sim. Mode Scan").starts_as("65535"),
        cold("SDLY", Dbf::float64, "Sim. Mode Async Delay").starts_as("-1.0"),
        noaccess("SIMPVT", "Sim. Mode Private"),
        cold_link("SIOL", direction, "Simulation Link"),
    };
    if (kept != Dbf::noaccess) {
        constexpr std::uint16_t text_bytes = 40;
        const bool is_text = kept == Dbf::string;
        table.push_back(cold("SVAL", kept, "Simulation Value", is_text ? pp : plain, is_text ? text_bytes : 0));
    }
    return table;
}

bool may_be_simulated(const Core& core, const Record& record)
{
    if (record.cold == 0 || core.type(record).simulation == no_field) {
        return false;
    }
    const LinkId location = link_at(core, record, siml);
    return (location != no_link && !core.links[location].is_constant()) ||
           core.cold.get(record, at(core, record, simm)).get<std::uint16_t>() != 0;
}

bool is_simulated(const Core& core, const Record& record)
{
    return record.is(flag_simulated) && core.cold.get(record, at(core, record, simm)).get<std::uint16_t>() != 0;
}

void init_simulation(Core& core, Record& record)
{
    if (record.cold == 0 || core.type(record).simulation == no_field) {
        return;
    }
    const pv::Value mode = core.constant(link_at(core, record, siml), pv::ScalarType::uint16);
    if (!mode.empty()) {
        const Field& field = at(core, record, simm);
        const auto before = core.cold.get(record, field).get<std::uint16_t>();
        core.cold.set(record, field, pv::Value::enumeration(mode.get<std::uint16_t>()));
        exchange_scans(core, record, before, mode.get<std::uint16_t>());
        core.update_flags(record);
    }
    const FieldIndex value = static_cast<FieldIndex>(core.type(record).simulation + sval);
    if (value < core.type(record).fields.size() && core.type(record)[value].name == "SVAL") {
        const Field& field = core.type(record)[value];
        const pv::Value constant = core.constant(link_at(core, record, siol), scalar_type(field.type));
        if (!constant.empty()) {
            core.cold.set(record, field, constant);
        }
    }
}

namespace {

// recGblGetSimm of EPICS Base: where SIML cannot be read, SIMM stays, and so does SEVR.
void read_mode(Core& core, Record& record, const Field& mode, LinkId location)
{
    pv::Value fresh = core.cold.get(record, mode);
    if (location != no_link && !core.links[location].is_constant()) {
        const pv::Value read = core.try_link_as(record, location, pv::ScalarType::uint16);
        if (!read.empty()) {
            fresh = pv::Value::enumeration(read.get<std::uint16_t>());
        } else if (record.nsev == pv::Severity::no_alarm) {
            record.nsta = pv::AlarmStatus::link;
        }
    }
    (void)set_mode(core, record, mode, fresh);
}

} // namespace

std::optional<Simulation> read_simulation(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const Field& mode = at(core, record, simm);
    if (!cycle.completing()) {
        read_mode(core, record, mode, link_at(core, record, siml));
    }
    const auto now = core.cold.get(record, mode).get<std::uint16_t>();
    if (now == 0) {
        return Simulation::off;
    }
    if (now >= mode.menu->choices.size()) {
        cycle.alarm(pv::AlarmStatus::soft, pv::Severity::invalid);
        return {};
    }
    cycle.alarm(pv::AlarmStatus::simm,
                static_cast<pv::Severity>(core.cold_number(record, at(core, record, sims).index)));
    return now == 1 ? Simulation::on : Simulation::raw;
}

bool simulation_waits(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const double delay = core.cold_number(record, at(core, record, sdly).index);
    if (cycle.completing() || !(delay >= 0)) {
        return false;
    }
    core.delays.ask(record.id, Purpose::complete, delay);
    return true;
}

LinkId simulation_link(const Core& core, const Record& record)
{
    return link_at(core, record, siol);
}

pv::Value simulated_input(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const Field& field = at(core, record, sval);
    const LinkId from = simulation_link(core, record);
    if (!cycle.is_constant(from)) {
        const pv::Value fresh = core.read_link_as(record, from, scalar_type(field.type));
        if (fresh.empty()) {
            return {};
        }
        core.cold.set(record, field, fresh);
        cycle.take_time(from);
    } else if (record.is(flag_stamped)) {
        record.time = std::max(core.clock().ns, record.time + 1);
    }
    return core.cold.get(record, field);
}

Transfer simulate_output(Record& record, Cycle& cycle, const pv::Value& value)
{
    return cycle.write(simulation_link(cycle.core(), record), value) ? Transfer::done : Transfer::failed;
}

} // namespace iochron::db
