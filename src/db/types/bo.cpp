#include "db/binary.h"
#include "db/output.h"
#include "db/record_fields.h"

namespace iochron::db {

namespace {

/// The bo record: VAL from a client or from DOL, to a device; it can go back to 0 by itself.
struct Bo : BinaryRecord {
    LinkId out = no_link;
    LinkId dol = no_link;
    std::uint32_t rbv = 0;
    std::uint32_t orbv = 0;
    OutputMode omsl = OutputMode::supervisory;

    void init(Core& core)
    {
        const pv::Value constant = core.constant(dol, pv::ScalarType::uint16);
        if (!constant.empty()) {
            val = constant.get<std::uint16_t>() != 0 ? 1 : 0;
            set(flag_udf, false);
        }
        convert();
        begin();
        orbv = rbv;
    }
    void convert() { rval = mask == 0 ? val : val == 0 ? 0 : mask; }
    Step process(Cycle& cycle)
    {
        if (!cycle.completing()) {
            if (omsl == OutputMode::closed_loop && !cycle.is_constant(dol)) {
                if (cycle.read_as(dol, val)) {
                    set(flag_udf, false);
                } else {
                    cycle.miss_input();
                }
            }
            convert();
            cycle.stamp(); // before its own alarms, as a TSEL link may pass one on
        }
        check_state(cycle);
        return drive(*this, cycle);
    }
    void finish(Cycle& cycle);
    void use(Cycle&, const pv::Value& value)
    {
        val = value.get<std::uint16_t>();
        convert();
    }
    [[nodiscard]] pv::Value output() const { return pv::Value::enumeration(val); }
    [[nodiscard]] pv::Value raw_output() const { return pv::Value::of(rval); }
};

double seconds_high(const Core& core, const Record& record)
{
    return record.cold == 0 ? 0 : core.cold_number(record, core.type(record).find("HIGH")->index);
}

void Bo::finish(Cycle& cycle)
{
    if (val == 1 && cold != 0) {
        if (const double seconds = seconds_high(cycle.core(), *this); seconds > 0) {
            cycle.core().delays.ask(id, Purpose::elapse, seconds);
        }
    }
    const pv::Mask mask = post_changes(cycle);
    cycle.post_changed("RBV", rbv, orbv, mask);
}

/// HIGH is over: back to 0, or, where a device works on the record just then, HIGH again.
void end_high(Core& core, Record& record)
{
    Bo& bo = static_cast<Bo&>(record);
    if (!bo.is(flag_pact)) {
        bo.val = 0;
        core.process(bo);
    } else if (const double seconds = seconds_high(core, bo); bo.val == 1 && seconds > 0) {
        core.delays.ask(bo.id, Purpose::elapse, seconds);
    }
}

Transfer write_soft(Record& record, Cycle& cycle)
{
    const Bo& bo = static_cast<Bo&>(record);
    return cycle.write(bo.out, pv::Value::of(bo.val)) ? Transfer::done : Transfer::failed;
}

Transfer write_raw(Record& record, Cycle& cycle)
{
    const Bo& bo = static_cast<Bo&>(record);
    const auto raw = static_cast<std::int32_t>(bo.rval);
    return cycle.write(bo.out, pv::Value::of(raw)) ? Transfer::done : Transfer::failed;
}

void describe(const Core&, const Record&, const Field& field, pv::Meta& meta)
{
    if (field.name == "HIGH") {
        constexpr double longest = 100000; // boHIGHlimit of EPICS Base
        meta.units = std::string("s");
        meta.precision = 2;
        meta.lacks_precision = false;
        meta.control = {0, longest};
    }
}

} // namespace

RecordType bo_type()
{
    RecordType type = record_type<Bo>("bo");
    type.fields = {
        state<&Bo::val>("VAL", "Current Value", pp | asl0),
        menu<&Bo::omsl>("OMSL", menu_output_mode, "Output Mode Select"),
        link<&Bo::dol>("DOL", Dbf::inlink, "Desired Output Link"),
        link<&Bo::out>("OUT", Dbf::outlink, "Output Specification"),
        cold("HIGH", Dbf::float64, "Seconds to Hold High"),
        noaccess("RPVT", "Record Private"),
        noaccess("WDPT", "Watch Dog Timer ID"),
        field<&Bo::rbv>("RBV", "Readback Value", nomod | hidden),
        field<&Bo::orbv>("ORBV", "Prev Readback Value", nomod | hidden),
    };
    std::ranges::move(binary_table(), std::back_inserter(type.fields));
    std::ranges::move(simulation_table(menu_simulation, Dbf::outlink), std::back_inserter(type.fields));
    std::ranges::move(invalid_output_table(Dbf::uint16), std::back_inserter(type.fields));
    type.no_choice = pv::NoChoice::underscored;
    type.display_limits = false;
    type.alarm_limits = false;
    type.devices = {
        {.name = "Soft Channel", .transfer = write_soft},
        {.name = "Raw Soft Channel", .transfer = write_raw, .raw = true},
        async_soft_channel(write_soft),
    };
    type.adopt = [](Core& core, Record& record) { static_cast<Bo&>(record).adopt(core); };
    type.release = [](Core& core, Record& record) { static_cast<Bo&>(record).release(core); };
    type.accept = [](Core& core, Record& record, const pv::Value& value) { return accept_state(core, record, value); };
    type.elapsed = end_high;
    type.describe = describe;
    type.choices = binary_choices;
    return type;
}

} // namespace iochron::db
