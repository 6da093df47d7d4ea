#include "db/textual.h"

namespace iochron::db {

namespace {

/// The stringin record: a text from a device.
struct Stringin : TextRecord {
    LinkId inp = no_link;

    void init(Core& core) { init_from(core, inp); }
    Step process(Cycle& cycle)
    {
        const auto keep = [this](const pv::Value& value, bool) { store(value.text()); };
        return step_of(read_input(*this, cycle, keep));
    }
    void finish(Cycle& cycle) { post_changes(cycle); }
};

Transfer read_soft(Record& record, Cycle& cycle)
{
    Stringin& in = static_cast<Stringin&>(record);
    if (cycle.is_constant(in.inp)) {
        return Transfer::done;
    }
    if (!in.read(cycle, in.inp)) {
        return Transfer::failed;
    }
    cycle.take_time(in.inp);
    return Transfer::done;
}

} // namespace

RecordType stringin_type()
{
    RecordType type = record_type<Stringin>("stringin");
    type.fields = text_table("Current Value");
    type.fields.push_back(link<&Stringin::inp>("INP", Dbf::inlink, "Input Specification"));
    std::ranges::move(simulation_table(menu_yes_no, Dbf::inlink, Dbf::string), std::back_inserter(type.fields));
    type.display_limits = false;
    type.alarm_limits = false;
    type.control_limits = false;
    type.devices = {{.name = "Soft Channel", .transfer = read_soft}};
    type.accept = accept_text;
    return type;
}

} // namespace iochron::db
