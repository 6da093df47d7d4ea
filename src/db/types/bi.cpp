#include "db/binary.h"

namespace iochron::db {

namespace {

/// The bi record: VAL from a device, or made of RVAL where that delivers raw values.
struct Bi : BinaryRecord {
    LinkId inp = no_link;

    void init(Core& core)
    {
        const pv::Value constant = core.constant(inp, pv::ScalarType::uint32);
        if (!constant.empty()) {
            store_state(*this, constant.get<std::uint32_t>(), core.device(*this).raw);
        }
        begin();
    }
    Step process(Cycle& cycle)
    {
        const auto store = [this](const pv::Value& value, bool raw) {
            constexpr std::uint32_t low = 0xffff;
            store_state(*this, raw ? value.get<std::uint32_t>() & low : value.get<std::uint32_t>(), raw);
        };
        const Transfer transfer = read_input(*this, cycle, store);
        if (transfer == Transfer::wait) {
            return Step::wait;
        }
        if (transfer == Transfer::raw) {
            val = rval == 0 ? 0 : 1;
            set(flag_udf, false);
        }
        return step_of(transfer);
    }
    void finish(Cycle& cycle)
    {
        check_state(cycle);
        post_changes(cycle);
    }
};

Transfer read_soft(Record& record, Cycle& cycle)
{
    Bi& bi = static_cast<Bi&>(record);
    if (!cycle.read_as(bi.inp, bi.val)) {
        return Transfer::failed;
    }
    bi.set(flag_udf, false);
    cycle.take_time(bi.inp);
    return Transfer::done;
}

Transfer read_raw(Record& record, Cycle& cycle)
{
    Bi& bi = static_cast<Bi&>(record);
    if (!cycle.read_as(bi.inp, bi.rval)) {
        return Transfer::failed;
    }
    bi.rval &= bi.mask != 0 ? bi.mask : ~std::uint32_t{0};
    cycle.take_time(bi.inp);
    return Transfer::raw;
}

} // namespace

RecordType bi_type()
{
    RecordType type = record_type<Bi>("bi");
    type.fields = {state<&Bi::val>("VAL", "Current Value", pp | asl0),
                   link<&Bi::inp>("INP", Dbf::inlink, "Input Specification")};
    std::ranges::move(binary_table(), std::back_inserter(type.fields));
    std::ranges::move(simulation_table(menu_simulation, Dbf::inlink, Dbf::uint32), std::back_inserter(type.fields));
    type.no_choice = pv::NoChoice::underscored;
    type.display_limits = false;
    type.alarm_limits = false;
    type.control_limits = false;
    type.devices = {
        {.name = "Soft Channel", .transfer = read_soft},
        {.name = "Raw Soft Channel", .transfer = read_raw, .raw = true},
    };
    type.adopt = [](Core& core, Record& record) { static_cast<Bi&>(record).adopt(core); };
    type.release = [](Core& core, Record& record) { static_cast<Bi&>(record).release(core); };
    type.accept = accept_state;
    type.choices = binary_choices;
    return type;
}

} // namespace iochron::db
