#include "db/soft_devices.h"

#include "db/cycle.h"
#include "db/device_address.h"

#include <algorithm>
#include <array>
#include <utility>

namespace iochron::db {

namespace {

LinkId device_link(const Core& core, const Record& record)
{
    const Field& field = *core.type(record).find(core.type(record).output ? "OUT" : "INP");
    return field.get_link(core, record, field);
}

/// "Async Soft Channel" of an input: has the Passive record that INP leads to processed, waits for all that this
/// causes, and then reads (link_awaits).
Transfer read_later(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const auto& read = core.type(record).devices.front().transfer;
    const LinkId link = device_link(core, record);
    if (cycle.is_constant(link)) {
        return Transfer::done;
    }
    if (core.links[link].kind != LinkKind::record) {
        return read(record, cycle);
    }
    const Link from = core.links[link];
    if (!cycle.completing() && from.target.record != record.id) {
        core.process_and_wait(record, core.records[from.target.record]);
        return Transfer::wait;
    }
    return read(record, cycle);
}

// "Db State": a flag of the database, by its name in the address.

void make_state(Core& core, Record& record)
{
    core.states.try_emplace(device_address(core, record), false);
}

Transfer read_state(Record& record, Cycle& cycle)
{
    const bool on = cycle.core().states[device_address(cycle.core(), record)];
    return cycle.accept(pv::Value::enumeration(on ? 1 : 0)).ok() ? Transfer::done : Transfer::failed;
}

Transfer write_state(Record& record, Cycle& cycle)
{
    Core& core = cycle.core();
    const Field& value = core.field(record, core.type(record).value_field);
    core.states[device_address(core, record)] = core.get(record, value).get<std::uint16_t>() != 0;
    return Transfer::done;
}

} // namespace

void add_soft_devices(RecordType& type)
{
    constexpr std::array<std::string_view, 6> read_later_too = {"ai", "bi", "int64in", "longin", "mbbi", "stringin"};
    if (std::ranges::find(read_later_too, type.name) != read_later_too.end()) {
        type.devices.push_back({.name = "Async Soft Channel", .transfer = read_later});
    }
    add_time_devices(type);
    add_host_devices(type);
    if (type.name == "bi") {
        type.devices.push_back({.name = "Db State", .transfer = read_state, .addressed = true, .init = make_state});
    } else if (type.name == "bo") {
        type.devices.push_back({.name = "Db State", .transfer = write_state, .addressed = true, .init = make_state});
    }
}

} // namespace iochron::db
