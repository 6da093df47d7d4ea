#pragma once

#include "db/integral.h"

namespace iochron::db {

/// longin and int64in: VAL from a device.
template <class T>
struct IntegralInput : IntegralRecord<T> {
    LinkId inp = no_link;

    void init(Core& core)
    {
        const pv::Value constant = core.constant(inp, pv::scalar_type_of<T>);
        if (!constant.empty()) {
            this->val = constant.get<T>();
            this->set(flag_udf, false);
        }
        this->begin();
    }
    Step process(Cycle& cycle)
    {
        const auto store = [this](const pv::Value& value, bool) { this->val = value.get<T>(); };
        const Transfer transfer = read_input(*this, cycle, store);
        if (transfer == Transfer::wait) {
            return Step::wait;
        }
        if (transfer != Transfer::failed) {
            this->set(flag_udf, false);
        }
        return step_of(transfer);
    }
    void finish(Cycle& cycle)
    {
        this->check_limits(cycle);
        this->post_changes(cycle);
    }
};

template <class T>
[[nodiscard]] RecordType integral_input(std::string_view name)
{
    using R = IntegralInput<T>;
    RecordType type = record_type<R>(name);
    type.fields = integral_values<T>("Current value", true);
    type.fields.push_back(link<&R::inp>("INP", Dbf::inlink, "Input Specification"));
    std::ranges::move(integral_table<T>(), std::back_inserter(type.fields));
    std::ranges::move(simulation_table(menu_yes_no, Dbf::inlink, detail::dbf_of<T>()), std::back_inserter(type.fields));
    const auto read_soft = [](Record& record, Cycle& cycle) {
        R& input = static_cast<R&>(record);
        if (!cycle.read_as(input.inp, input.val)) {
            return Transfer::failed;
        }
        cycle.take_time(input.inp);
        return Transfer::done;
    };
    type.devices = {{.name = "Soft Channel", .transfer = read_soft}};
    type.adopt = [](Core& core, Record& record) { static_cast<R&>(record).adopt(core); };
    type.release = [](Core& core, Record& record) { static_cast<R&>(record).release(core); };
    type.describe = describe_integral<T>;
    type.accept = accept_integral<T>;
    return type;
}

} // namespace iochron::db
