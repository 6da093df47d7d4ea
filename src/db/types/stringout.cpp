#include "db/output.h"
#include "db/record_fields.h"
#include "db/textual.h"

namespace iochron::db {

namespace {

/// The stringout record: a text from a client or from DOL, to a device.
struct Stringout : TextRecord {
    LinkId out = no_link;
    LinkId dol = no_link;
    OutputMode omsl = OutputMode::supervisory;

    void init(Core& core) { init_from(core, dol); }
    Step process(Cycle& cycle)
    {
        const bool fetches = !cycle.completing() && omsl == OutputMode::closed_loop && !cycle.is_constant(dol);
        if (fetches && !read(cycle, dol)) {
            cycle.miss_input();
        }
        if (is(flag_udf)) {
            cycle.alarm(pv::AlarmStatus::udf, static_cast<pv::Severity>(cycle.core().cold_number(*this, field_udfs)));
        }
        return drive(*this, cycle);
    }
    void finish(Cycle& cycle) { post_changes(cycle); }
    void use(Cycle&, const pv::Value& value) { store(value.text()); }
    [[nodiscard]] pv::Value output() const { return pv::Value::of(text()); }
    [[nodiscard]] pv::Value raw_output() const { return output(); }
};

Transfer write_soft(Record& record, Cycle& cycle)
{
    const Stringout& output = static_cast<Stringout&>(record);
    return cycle.write(output.out, output.output()) ? Transfer::done : Transfer::failed;
}

} // namespace

RecordType stringout_type()
{
    RecordType type = record_type<Stringout>("stringout");
    type.fields = text_table("Current Value");
    std::vector<Field> own = {
        link<&Stringout::dol>("DOL", Dbf::inlink, "Desired Output Link"),
        menu<&Stringout::omsl>("OMSL", menu_output_mode, "Output Mode Select"),
        link<&Stringout::out>("OUT", Dbf::outlink, "Output Specification"),
    };
    std::ranges::move(own, std::back_inserter(type.fields));
    std::ranges::move(simulation_table(menu_yes_no, Dbf::outlink), std::back_inserter(type.fields));
    std::ranges::move(invalid_output_table(Dbf::string, sizeof(TextRecord::Text)), std::back_inserter(type.fields));
    type.display_limits = false;
    type.alarm_limits = false;
    type.control_limits = false;
    type.devices = {
        {.name = "Soft Channel", .transfer = write_soft},
        async_soft_channel(write_soft),
    };
    type.accept = accept_text;
    return type;
}

} // namespace iochron::db
