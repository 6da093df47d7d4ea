#include "db/binary.h"
#include "db/multibit.h"
#include "db/output.h"
#include "db/record_fields.h"

namespace iochron::db {

namespace {

/// The mbbo record: one of 16 states from a client or from DOL, to a device.
struct Mbbo : MultibitRecord {
    LinkId out = no_link;
    LinkId dol = no_link;
    std::uint32_t rbv = 0;
    std::uint32_t orbv = 0;
    OutputMode omsl = OutputMode::supervisory;

    void init(Core& core);
    void prepare(Cycle& cycle);
    Step process(Cycle& cycle)
    {
        if (!cycle.completing()) {
            prepare(cycle);
        }
        cycle.alarm(pv::AlarmStatus::state, severity_of(val));
        // As mbbo of EPICS Base: LALM follows only when COSV raises nothing, so that the alarm stays until VAL is back.
        if (val != lalm && !cycle.alarm(pv::AlarmStatus::cos, settings->cosv)) {
            lalm = val;
        }
        return drive(*this, cycle);
    }
    void finish(Cycle& cycle)
    {
        const pv::Mask mask = post_changes(cycle, shown());
        cycle.post_changed("RBV", rbv, orbv, mask);
    }
    [[nodiscard]] pv::Value shown() const { return sdef == 0 ? pv::Value::of(val) : pv::Value::enumeration(val); }
    void convert(Cycle& cycle)
    {
        if (!raw_of_state()) {
            cycle.alarm(pv::AlarmStatus::soft, pv::Severity::invalid);
        }
    }
    void use(Cycle& cycle, const pv::Value& value)
    {
        val = value.get<std::uint16_t>();
        convert(cycle);
    }
    [[nodiscard]] pv::Value output() const { return pv::Value::enumeration(val); }
    [[nodiscard]] pv::Value raw_output() const { return pv::Value::of(rval); }
};

Mbbo& mbbo_of(Record& record)
{
    return static_cast<Mbbo&>(record);
}

void Mbbo::init(Core& core)
{
    init_states();
    const pv::Value constant = core.constant(dol, pv::ScalarType::uint16);
    if (!constant.empty()) {
        val = constant.get<std::uint16_t>();
        set(flag_udf, false);
    }
    if (core.device(*this).raw) {
        mask = (nobt == 0 ? ~std::uint32_t{0} : mask) << std::min<std::uint16_t>(shft, 31);
    }
    (void)raw_of_state(); // where there is no such state, the first processing tells
    begin();
    orbv = rbv;
}

void Mbbo::prepare(Cycle& cycle)
{
    if (omsl == OutputMode::closed_loop && !cycle.is_constant(dol)) {
        if (!cycle.read_as(dol, val)) {
            cycle.keep_stamp(); // as base, which stamps an mbbo only when it has a value
            return;
        }
    } else if (is(flag_udf)) {
        cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(cycle.core().cold_number(*this, field_udfs)));
        cycle.keep_stamp();
        return;
    }
    set(flag_udf, false);
    convert(cycle);
    cycle.stamp(); // before its own alarms, as a TSEL link may pass one on
}

/// VAL is an enumeration only when there are states, else a number.
Field desired_value()
{
    Field made = state<&Mbbo::val>("VAL", "Desired Value", pp | asl0);
    made.get = [](const Core&, const Record& r, const Field&) { return static_cast<const Mbbo&>(r).shown(); };
    return made;
}

void describe(const Core&, const Record& record, const Field& field, pv::Meta& meta)
{
    if (field.index == common_fields && static_cast<const Mbbo&>(record).sdef == 0) {
        meta.type = pv::ScalarType::uint16;
    }
}

Transfer write_soft(Record& record, Cycle& cycle)
{
    return cycle.write(mbbo_of(record).out, pv::Value::of(mbbo_of(record).val)) ? Transfer::done : Transfer::failed;
}

Transfer write_raw(Record& record, Cycle& cycle)
{
    const Mbbo& mbbo = mbbo_of(record);
    return cycle.write(mbbo.out, pv::Value::of(mbbo.rval & mbbo.mask)) ? Transfer::done : Transfer::failed;
}

pv::Status accept(Core& core, Record& record, const pv::Value& value)
{
    const auto number = state_number(core, record, value, false);
    if (!number) {
        return number.error();
    }
    mbbo_of(record).val = static_cast<std::uint16_t>(*number);
    record.set(flag_udf, false);
    return {};
}

} // namespace

RecordType mbbo_type()
{
    RecordType type = record_type<Mbbo>("mbbo");
    type.fields = {
        desired_value(),
        link<&Mbbo::dol>("DOL", Dbf::inlink, "Desired Output Link"),
        menu<&Mbbo::omsl>("OMSL", menu_output_mode, "Output Mode Select"),
        link<&Mbbo::out>("OUT", Dbf::outlink, "Output Specification"),
        field<&Mbbo::rbv>("RBV", "Readback Value", nomod | hidden),
        field<&Mbbo::orbv>("ORBV", "Prev Readback Value", nomod | hidden),
    };
    std::ranges::move(multibit_table(), std::back_inserter(type.fields));
    std::ranges::move(simulation_table(menu_simulation, Dbf::outlink), std::back_inserter(type.fields));
    std::ranges::move(invalid_output_table(Dbf::uint16), std::back_inserter(type.fields));
    type.no_choice = pv::NoChoice::states;
    type.display_limits = false;
    type.alarm_limits = false;
    type.control_limits = false;
    type.devices = {
        {.name = "Soft Channel", .transfer = whatever_comes_of(write_soft)},
        {.name = "Raw Soft Channel", .transfer = whatever_comes_of(write_raw), .raw = true},
        async_soft_channel(write_soft),
    };
    type.adopt = [](Core& core, Record& record) { mbbo_of(record).adopt(core); };
    type.release = [](Core& core, Record& record) { mbbo_of(record).release(core); };
    type.special = states_changed;
    type.accept = accept;
    type.describe = describe;
    type.choices = multibit_choices;
    return type;
}

} // namespace iochron::db
