#pragma once

#include "db/integral.h"
#include "db/output.h"

namespace iochron::db {

/// longout and int64out: VAL from a client or from DOL, to a device.
template <class T>
struct IntegralOutput : IntegralRecord<T> {
    LinkId out = no_link;
    LinkId dol = no_link;
    OutputMode omsl = OutputMode::supervisory;

    void init(Core& core)
    {
        const pv::Value constant = core.constant(dol, pv::scalar_type_of<T>);
        if (!constant.empty()) {
            this->val = constant.get<T>();
            this->set(flag_udf, false);
        }
        this->begin();
    }
    /// The value to put out, from DOL or VAL, within its limits; then the alarms.
    void prepare(Cycle& cycle)
    {
        if (!cycle.completing()) {
            T value = this->val;
            const bool closed = omsl == OutputMode::closed_loop && !cycle.is_constant(dol);
            if (!closed || cycle.read_as(dol, value)) {
                this->drive_within_limits(value);
                this->set(flag_udf, this->is(flag_udf) && !closed);
            } else {
                cycle.miss_input();
            }
            cycle.stamp(); // before its own alarms, as a TSEL link may pass one on
        }
        this->check_limits(cycle);
    }
    Step process(Cycle& cycle)
    {
        prepare(cycle);
        return drive(*this, cycle);
    }
    void finish(Cycle& cycle) { this->post_changes(cycle); }
    void use(Cycle&, const pv::Value& value) { this->val = value.get<T>(); }
    [[nodiscard]] pv::Value output() const { return pv::Value::of(this->val); }
    [[nodiscard]] pv::Value raw_output() const { return output(); }
};

/// A type of the struct R, which may add to IntegralOutput<T>.
template <class R>
[[nodiscard]] RecordType integral_output(std::string_view name)
{
    using T = typename R::Number;
    using Base = IntegralOutput<T>;
    RecordType type = record_type<R>(name);
    type.fields = integral_values<T>("Desired Output", false);
    const auto add = [&type](std::vector<Field> fields) { std::ranges::move(fields, std::back_inserter(type.fields)); };
    add({link<&Base::out>("OUT", Dbf::outlink, "Output Specification"),
         link<&Base::dol>("DOL", Dbf::inlink, "Desired Output Link"),
         menu<&Base::omsl>("OMSL", menu_output_mode, "Output Mode Select")});
    add(integral_table<T>());
    add(simulation_table(menu_yes_no, Dbf::outlink));
    add(invalid_output_table(detail::dbf_of<T>()));
    const auto write_soft = [](Record& record, Cycle& cycle) {
        Base& output = static_cast<Base&>(record);
        return cycle.write(output.out, pv::Value::of(output.val)) ? Transfer::done : Transfer::failed;
    };
    type.devices = {
        {.name = "Soft Channel", .transfer = whatever_comes_of(write_soft)},
        async_soft_channel(write_soft),
    };
    type.adopt = [](Core& core, Record& record) { static_cast<R&>(record).adopt(core); };
    type.release = [](Core& core, Record& record) { static_cast<R&>(record).release(core); };
    type.describe = describe_integral<T>;
    type.accept = accept_integral<T>;
    return type;
}

} // namespace iochron::db
