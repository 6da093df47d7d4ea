#include "db/output.h"

#include <utility>

namespace iochron::db {

namespace {

/// menuIvoa.
enum Ivoa : std::uint16_t { carry_on, do_not_drive, drive_ivov };

} // namespace

std::vector<Field> invalid_output_table(Dbf value, std::uint16_t size)
{
    return {
        cold_menu("IVOA", menu_invalid_output, "INVALID output action"),
        cold("IVOV", value, "INVALID output value", plain, size),
    };
}

void raise_device_alarm(Core& core, Record& record, const pv::Status& status)
{
    const std::string_view text = status.text.empty() ? to_string(status.outcome) : status.text;
    const auto kind = core.type(record).output ? pv::AlarmStatus::write : pv::AlarmStatus::read;
    Cycle(core, record, true, record.time).alarm(kind, pv::Severity::invalid, text);
}

Device async_soft_channel(std::function<Transfer(Record&, Cycle&)> write)
{
    const auto transfer = [write = std::move(write)](Record& record, Cycle& cycle) {
        if (cycle.completing()) {
            return Transfer::done;
        }
        const Transfer written = write(record, cycle);
        const Core& core = cycle.core();
        const Field& out = *core.type(record).find("OUT");
        const LinkId link = out.get_link(core, record, out);
        const bool outside = link != no_link && core.links[link].kind == LinkKind::remote;
        return written == Transfer::done && outside && core.remotes.waits(core.links[link]) ? Transfer::wait : written;
    };
    return {.name = "Async Soft Channel", .transfer = transfer};
}

bool drives_output(const Record& record, Cycle& cycle, pv::Value& invalid)
{
    const Core& core = cycle.core();
    const RecordType& type = core.type(record);
    const auto action = core.cold.get(record, *type.find("IVOA")).get<std::uint16_t>();
    if (action == drive_ivov) {
        invalid = core.cold.get(record, *type.find("IVOV"));
    }
    return action != do_not_drive;
}

Transfer write_output(Record& record, Cycle& cycle, const pv::Value& value, const pv::Value& raw, bool held)
{
    Core& core = cycle.core();
    const auto mode = simulation(record, cycle);
    if (!mode) {
        return Transfer::failed;
    }
    if (mode != Simulation::off) {
        return simulation_waits(record, cycle) ? Transfer::wait
                                               : simulate_output(record, cycle, mode == Simulation::raw ? raw : value);
    }
    if (held) {
        return Transfer::done;
    }
    if (!record.is(flag_program)) {
        return core.device(record).transfer(record, cycle);
    }
    if (cycle.completing()) {
        return Transfer::done;
    }
    pv::Status status;
    if (!core.programs.call(record.id, value, status)) {
        return Transfer::wait;
    }
    if (!status.ok()) {
        raise_device_alarm(core, record, status);
        return Transfer::failed;
    }
    return Transfer::done;
}

} // namespace iochron::db
