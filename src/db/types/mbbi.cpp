#include "db/binary.h"
#include "db/multibit.h"
#include "db/range.h"
#include "db/record_fields.h"

#include <cmath>

namespace iochron::db {

namespace {

/// The mbbi record: one of 16 states from a device, or made of RVAL where that delivers raw values.
struct Mbbi : MultibitRecord {
    LinkId inp = no_link;

    void init(Core& core);
    Step process(Cycle& cycle);
    void finish(Cycle& cycle);
    void check_state(Cycle& cycle);
    void keep(std::uint32_t value, bool raw)
    {
        if (raw) {
            rval = value;
        } else {
            val = static_cast<std::uint16_t>(value);
            set(flag_udf, false);
        }
    }
};

Mbbi& mbbi_of(Record& record)
{
    return static_cast<Mbbi&>(record);
}

void Mbbi::init(Core& core)
{
    init_states();
    const bool raw = core.device(*this).raw;
    const pv::Value constant = core.constant(inp, pv::ScalarType::uint32);
    if (!constant.empty()) {
        keep(constant.get<std::uint32_t>(), raw);
    }
    if (raw) {
        mask = (nobt == 0 ? ~std::uint32_t{0} : mask) << std::min<std::uint16_t>(shft, 31);
    }
    begin();
}

Step Mbbi::process(Cycle& cycle)
{
    const auto store = [this](const pv::Value& value, bool raw) { keep(value.get<std::uint32_t>(), raw); };
    const Transfer transfer = read_input(*this, cycle, store);
    if (transfer == Transfer::wait) {
        return Step::wait;
    }
    if (transfer == Transfer::raw) {
        state_of_raw();
        set(flag_udf, false);
    }
    return step_of(transfer);
}

void Mbbi::check_state(Cycle& cycle)
{
    Core& core = cycle.core();
    const double aftc = cold == 0 ? 0 : core.cold_number(*this, core.type(*this).find("AFTC")->index);
    if (is(flag_udf)) {
        cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(core.cold_number(*this, field_udfs)));
        if (aftc > 0) {
            core.cold.set(*this, core.field(*this, field_filter_state), pv::Value::of(0.0));
        }
        return;
    }
    pv::Severity severity = severity_of(val);
    if (aftc > 0) {
        severity = static_cast<pv::Severity>(filtered_range(*this, cycle, aftc, static_cast<int>(severity)));
    }
    cycle.alarm(pv::AlarmStatus::state, severity);
    // As mbbi of EPICS Base: LALM follows only when COSV raises nothing, so that the alarm stays until VAL is back.
    if (val != lalm && !cycle.alarm(pv::AlarmStatus::cos, settings->cosv)) {
        lalm = val;
    }
}

void Mbbi::finish(Cycle& cycle)
{
    check_state(cycle);
    post_changes(cycle, pv::Value::enumeration(val));
}

Transfer read_soft(Record& record, Cycle& cycle)
{
    Mbbi& mbbi = mbbi_of(record);
    if (!cycle.read_as(mbbi.inp, mbbi.val)) {
        return Transfer::failed;
    }
    mbbi.set(flag_udf, false);
    cycle.take_time(mbbi.inp);
    return Transfer::done;
}

Transfer read_raw(Record& record, Cycle& cycle)
{
    Mbbi& mbbi = mbbi_of(record);
    if (!cycle.read_as(mbbi.inp, mbbi.rval)) {
        return Transfer::failed;
    }
    mbbi.rval &= mbbi.mask;
    cycle.take_time(mbbi.inp);
    return Transfer::raw;
}

pv::Status accept(Core& core, Record& record, const pv::Value& value)
{
    const auto number = state_number(core, record, value, core.device(record).raw);
    if (!number) {
        return number.error();
    }
    mbbi_of(record).keep(*number, core.device(record).raw);
    return {};
}

} // namespace

RecordType mbbi_type()
{
    RecordType type = record_type<Mbbi>("mbbi");
    type.fields = {
        state<&Mbbi::val>("VAL", "Current Value", pp | asl0),
        db::cold("AFVL", Dbf::float64, "Alarm Filter Value", nomod | hidden),
        db::cold("AFTC", Dbf::float64, "Alarm Filter Time Constant"),
        link<&Mbbi::inp>("INP", Dbf::inlink, "Input Specification"),
    };
    std::ranges::move(multibit_table(), std::back_inserter(type.fields));
    std::ranges::move(simulation_table(menu_simulation, Dbf::inlink, Dbf::uint32), std::back_inserter(type.fields));
    type.no_choice = pv::NoChoice::states;
    type.display_limits = false;
    type.alarm_limits = false;
    type.control_limits = false;
    type.devices = {
        {.name = "Soft Channel", .transfer = read_soft},
        {.name = "Raw Soft Channel", .transfer = read_raw, .raw = true},
    };
    type.adopt = [](Core& core, Record& record) { mbbi_of(record).adopt(core); };
    type.release = [](Core& core, Record& record) { mbbi_of(record).release(core); };
    type.special = states_changed;
    type.accept = accept;
    type.choices = multibit_choices;
    return type;
}

} // namespace iochron::db
